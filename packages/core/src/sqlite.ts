import { type BrokerEngine, type SqliteBrokerOptions, sqliteBroker } from './broker/index.ts'
import { type SqliteFileOptions, type SqliteStoreEngine, sqliteStoreEngine } from './store/sqlite/index.ts'

/** A store and a broker in one file. */
export type SqliteEngine = SqliteStoreEngine & BrokerEngine

export type SqliteOptions = SqliteBrokerOptions & SqliteFileOptions

/**
 * A store and a broker in one SQLite file, which is made when it is not there: all that an app needs on a
 * laptop. Several processes of one machine may share it; every commit is on disk when it is answered, unless
 * `synchronous: 'normal'` says otherwise. With `readOnly: true` it is only looked at: see `SqliteFileOptions`.
 */
export function sqlite(path: string, options: SqliteOptions = {}): SqliteEngine {
  const { openBroker } = sqliteBroker(path, options)
  return { ...sqliteStoreEngine(path, options), openBroker }
}
