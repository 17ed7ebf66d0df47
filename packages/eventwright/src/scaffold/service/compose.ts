import type { ScaffoldFile } from '../file.ts'
import { portOf, type ServiceParts } from './service.ts'

const IMAGES = { postgres: 'postgres:18.4', kafka: 'apache/kafka:4.1.0' } as const

/** The service in a container on SQLite, and what is laid over it for PostgreSQL, and for Kafka beside that. */
export function composeFiles(parts: ServiceParts): readonly ScaffoldFile[] {
  const yours = { owner: 'yours' } as const
  return [
    { ...yours, path: 'compose.yaml', text: service(parts) },
    { ...yours, path: 'compose.postgres.yaml', text: postgres(parts) },
    { ...yours, path: 'compose.kafka.yaml', text: kafka(parts) },
  ]
}

/** The URLs of the service on a PostgreSQL: events in a schema of its own, messages in one that all share. */
export function postgresOf(
  { flow, service }: ServiceParts,
  host: string,
): { readonly store: string; readonly broker: string } {
  const words = identifier(flow.name, 'flow')
  const database = `postgres://${words}:${words}@${host}:5432/${words}`
  return {
    store: `${database}?schema=${identifier(service.name, 'service')}`,
    broker: `${database}?schema=broker`,
  }
}

function service(parts: ServiceParts): string {
  const { name, flow } = parts
  const project = identifier(flow.name, 'flow')
  const together = `# One project for all services of the flow: what they share, it holds once.\nname: ${project}\n\n`
  return `${flow.services.size > 1 ? together : ''}services:
  ${name}:
    build: .
    init: true
    restart: unless-stopped
    # Longer than DRAIN_SECONDS, or Docker ends it in the middle.
    stop_grace_period: 30s
    ports: ["127.0.0.1:${portOf(parts)}:3000"]
    volumes: [${name}-data:/data, broker:/broker]

volumes:
  ${name}-data:
  broker:
`
}

function postgres(parts: ServiceParts): string {
  const { store, broker } = postgresOf(parts, 'postgres')
  const words = identifier(parts.flow.name, 'flow')
  return `# docker compose -f compose.yaml -f compose.postgres.yaml up
services:
  ${parts.name}:
    environment:
      STORE_URL: ${store}
      BROKER_URL: ${broker}
    depends_on:
      postgres: { condition: service_healthy }
  postgres:
    image: ${IMAGES.postgres}
    restart: unless-stopped
    # Not published: only what is in this project reaches it.
    environment: { POSTGRES_USER: ${words}, POSTGRES_PASSWORD: ${words}, POSTGRES_DB: ${words} }
    volumes: [postgres:/var/lib/postgresql]
    healthcheck:
      test: [CMD, pg_isready, --host, 127.0.0.1, --username, ${words}, --dbname, ${words}]
      interval: 2s
      timeout: 3s
      retries: 30

volumes:
  postgres:
`
}

function kafka({ name }: ServiceParts): string {
  return `# docker compose -f compose.yaml -f compose.postgres.yaml -f compose.kafka.yaml up
services:
  ${name}:
    environment:
      BROKER_URL: kafka://kafka:9092
    depends_on:
      kafka: { condition: service_healthy }
  kafka:
    image: ${IMAGES.kafka}
    restart: unless-stopped
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: BROKER://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: BROKER://kafka:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: BROKER
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:9093
      KAFKA_LOG_DIRS: /var/lib/kafka/data
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false"
      # One broker: with three or more, leave these out.
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: 1
    volumes: [kafka:/var/lib/kafka/data]
    healthcheck:
      test: [CMD, /opt/kafka/bin/kafka-broker-api-versions.sh, --bootstrap-server, "localhost:9092"]
      interval: 5s
      timeout: 10s
      retries: 24

volumes:
  kafka:
`
}

/** A name that PostgreSQL and Docker take without quotes. */
function identifier(name: string, otherwise: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /^[a-z]/.test(words) ? words : `${otherwise}_${words}`.replace(/_$/, '')
}
