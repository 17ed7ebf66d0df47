import {
  type BrokerEngine,
  brokerMigrations,
  type SqliteBrokerOptions,
  sqliteBroker,
} from './broker/index.ts'
import type { TableSet, Upgrade, UpgradeOptions } from './store/index.ts'
import {
  type Migration,
  type SqliteFileOptions,
  type SqliteStoreEngine,
  sqliteStoreEngine,
  storeMigrations,
  upgradeSqlite,
} from './store/sqlite/index.ts'

/** A store and a broker in one file. */
export type SqliteEngine = SqliteStoreEngine &
  BrokerEngine & {
    /** Brings the tables up to date, as opening does, or says what that would come to. @throws CannotOpenFile SchemaTooNew */
    migrate(options?: UpgradeOptions): Promise<Upgrade>
  }

/** Of the file, and of how long the broker keeps messages. */
export type SqliteOptions = SqliteBrokerOptions & SqliteFileOptions

/**
 * A store and a broker in one SQLite file, which is made when it is not there: all that an app needs on a
 * laptop. Several processes of one machine may share it; every commit is on disk when it is answered, unless
 * `synchronous: 'normal'` says otherwise. With `readOnly: true` it is only looked at: see `SqliteFileOptions`.
 */
export function sqlite(path: string, options: SqliteOptions = {}): SqliteEngine {
  const { openBroker } = sqliteBroker(path, options)
  return {
    ...sqliteStoreEngine(path, options),
    openBroker,
    migrate: (wished) => upgradeSqlite(path, options, TABLES, wished),
  }
}

const TABLES: readonly TableSet<Migration>[] = [
  { name: 'store', migrations: storeMigrations },
  { name: 'broker', migrations: brokerMigrations },
]
