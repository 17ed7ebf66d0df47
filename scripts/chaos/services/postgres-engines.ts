import type { Postgres } from '../../postgres/server.mjs'
import { dumpRows } from '../dump.ts'
import { sentIn } from '../truth/index.ts'
import type { Postman, Stores } from './engines.ts'
import { postgresRows } from './postgres-rows.ts'
import { SERVICES, type ServiceName } from './services.ts'

const BROKER = 'broker'
/** As many events as may come while a process stands still in the middle of an append. */
const AGAIN = 1500

/** A schema for each service on a server that is killed, stopped and started. It is ended with the stores. */
export function postgresStores(server: Postgres): Stores {
  const readers = SERVICES.map((service) => [service, postgresRows(server.url, service)] as const)
  const rows = new Map(readers.map(([service, reader]) => [service, reader.rows]))
  return {
    urlOf: (service) => withSchema(server.url, service),
    rows,
    again: AGAIN,
    outages: [
      {
        what: 'PostgreSQL',
        every: [5000, 10_000],
        lasts: [100, 1500],
        ways: [
          { how: 'killed', down: () => server.kill() },
          { how: 'stopped', down: () => server.stop('fast') },
          { how: 'stopped at once', down: () => server.stop('immediate') },
          { how: 'stopped', down: () => server.stop('fast') },
        ],
        up: () => server.start(),
      },
    ],
    dump: () => dumpRows(rows),
    async close() {
      await Promise.all(readers.map(([, reader]) => reader.close()))
      await server.end()
    },
  }
}

/** A schema of its own for messages, on the server of the stores. */
export function postgresBroker({ url }: Postgres): Postman {
  const reader = postgresRows(url, BROKER)
  return {
    url: withSchema(url, BROKER),
    sent: () => sentIn(reader.rows),
    outages: [],
    dump: () => dumpRows([], [BROKER, reader.rows]),
    close: () => reader.close(),
  }
}

function withSchema(url: string, schema: ServiceName | typeof BROKER): string {
  const own = new URL(url)
  own.searchParams.set('schema', schema)
  return own.href
}
