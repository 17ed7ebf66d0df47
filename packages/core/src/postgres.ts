import type { BrokerEngine } from './broker/index.ts'
import { type PostgresBrokerOptions, postgresBroker } from './broker/postgres/index.ts'
import {
  type PostgresOptions as DatabaseOptions,
  type PostgresStoreEngine,
  type PostgresTarget,
  postgresStoreEngine,
} from './store/postgres/index.ts'

export { type PostgresTarget, template } from './store/postgres/index.ts'

/** A store and a broker in one schema. */
export type PostgresEngine = PostgresStoreEngine & BrokerEngine

export type PostgresOptions = PostgresBrokerOptions & DatabaseOptions

/**
 * A store and a broker in one schema of a PostgreSQL database (14 or newer); any number of processes share it. The
 * schema and its tables are made where they are not there. `target` is a URL,
 * `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=orders`, or a pool of yours, which stays yours to end.
 */
export function postgres(target: PostgresTarget, options: PostgresOptions = {}): PostgresEngine {
  return { ...postgresStoreEngine(target, options), ...postgresBroker(target, options) }
}
