import type { ScaffoldFile } from '../file.ts'
import { composeFiles, postgresOf } from './compose.ts'
import { brokerOf, portOf, type ServiceParts } from './service.ts'

/** What it is run in: the environment, a container, and what Git and Docker leave out. */
export function environmentFiles(parts: ServiceParts): readonly ScaffoldFile[] {
  const yours = { owner: 'yours' } as const
  return [
    { ...yours, path: '.env.example', text: envExample(parts) },
    { ...yours, path: '.gitignore', text: 'node_modules/\ndata/\ntarget/\n.env\n*.log\n' },
    { ...yours, path: '.dockerignore', text: '*\n!package.json\n!package-lock.json\n!src/\n' },
    { ...yours, path: 'Dockerfile', text: dockerfile(parts) },
    ...composeFiles(parts),
  ]
}

function envExample(parts: ServiceParts): string {
  return `# Copied to .env, \`npm start\` and \`npm run dev\` read it. What stands here is what holds without it.

HOST=127.0.0.1
PORT=${portOf(parts)}

# The events of this service: sqlite:FILE, postgres://… with a schema of its own, or memory: for a trial.
STORE_URL=sqlite:data/store.db
# STORE_URL=${postgresOf(parts, 'localhost').store}

# What services tell each other: the same for all of them. On PostgreSQL a schema, or Kafka.
BROKER_URL=${brokerOf(parts)}
# BROKER_URL=${postgresOf(parts, 'localhost').broker}
# BROKER_URL=kafka://localhost:9092

# fatal, error, warn, info, debug, trace, silent
LOG_LEVEL=info

# After SIGTERM or SIGINT: how long finishing may take.
DRAIN_SECONDS=20

# Bytes of a request's body.
BODY_LIMIT=262144

# The header in which a gateway that you trust names the tenant. Without it there is one tenant.
# TENANT_HEADER=x-tenant
`
}

function dockerfile({ packages }: ServiceParts): string {
  const local = packages.core.startsWith('file:')
    ? '# @eventwright/core is taken from a path, which no build of an image sees: name a version in package.json first.\n'
    : ''
  return `${local}FROM node:24-slim AS install
WORKDIR /service
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 STORE_URL=sqlite:/data/store.db BROKER_URL=sqlite:/broker/broker.db
RUN mkdir /data /broker && chown node:node /data /broker
WORKDIR /service
COPY --from=install /service/node_modules ./node_modules
COPY package.json ./
COPY src ./src
USER node
VOLUME ["/data", "/broker"]
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \\
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
`
}
