import { refuseInsideWork } from '../../store/index.ts'
import { openSqliteFile, type SqliteFileOptions } from '../../store/sqlite/index.ts'
import type { BrokerEngine } from '../broker.ts'
import { openBroker } from '../open-broker.ts'
import type { BrokerStorage } from '../storage.ts'
import { brokerMigrations } from './schema.ts'
import { sqliteStorage } from './sqlite-storage.ts'

export interface SqliteBrokerOptions extends SqliteFileOptions {
  /** Milliseconds that messages are kept which every group has committed; default 7 days, `Infinity` keeps all. */
  readonly retention?: number
}

/** A broker in a file that several processes of one machine share; a store may live in the same file. */
export function sqliteBroker(path: string, options: SqliteBrokerOptions = {}): BrokerEngine {
  return {
    url: `sqlite:${path}`,
    async openBroker(settings = {}) {
      return openBroker(await openSqliteStorage(path, options), { ...options, ...settings })
    },
  }
}

/** Opens the file and brings the broker's tables up to date. */
export async function openSqliteStorage(
  path: string,
  options: SqliteFileOptions = {},
): Promise<BrokerStorage> {
  const file = await openSqliteFile(path, options)
  try {
    await file.migrate('broker', brokerMigrations)
  } catch (error) {
    await file.close()
    throw error
  }
  return sqliteStorage(file, `sqlite:${path}`, (operation) => refuseInsideWork(file.resource, operation))
}
