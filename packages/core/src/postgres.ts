import type { BrokerEngine } from './broker/index.ts'
import {
  type PostgresBrokerOptions,
  postgresBroker,
  postgresBrokerMigrations,
} from './broker/postgres/index.ts'
import { RELAY } from './delivery/index.ts'
import type { TableSet, Upgrade, UpgradeOptions } from './store/index.ts'
import {
  type PostgresOptions as DatabaseOptions,
  type PostgresMigration,
  type PostgresStoreEngine,
  type PostgresTarget,
  postgresStoreEngine,
  storeMigrations,
  upgradePostgres,
} from './store/postgres/index.ts'

export { type PostgresTarget, template } from './store/postgres/index.ts'

/** A store and a broker in one schema. */
export type PostgresEngine = PostgresStoreEngine &
  BrokerEngine & {
    /**
     * Brings the tables up to date, as opening does, or says what that would come to: for a role that may change
     * tables, where those of the services may not. Indexes of large tables are built while others write.
     * @throws CannotOpenDatabase SchemaTooNew
     */
    migrate(options?: UpgradeOptions): Promise<Upgrade>
  }

/** Of the connections, of the tables, and of how long the broker keeps messages. */
export type PostgresOptions = PostgresBrokerOptions & DatabaseOptions

/**
 * A store and a broker in one schema of a PostgreSQL database (14 or newer); any number of processes share it. The
 * schema and its tables are made where they are not there. `target` is a URL,
 * `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=orders`, or a pool of yours, which stays yours to end.
 */
export function postgres(target: PostgresTarget, options: PostgresOptions = {}): PostgresEngine {
  return {
    // As after `epoch new`: what stands behind the relay is published in the new epoch.
    ...postgresStoreEngine(target, { ...options, carry: [RELAY] }),
    ...postgresBroker(target, options),
    migrate: (wished) => upgradePostgres(target, options, TABLES, wished),
  }
}

const TABLES: readonly TableSet<PostgresMigration>[] = [
  { name: 'store', migrations: storeMigrations },
  { name: 'broker', migrations: postgresBrokerMigrations },
]
