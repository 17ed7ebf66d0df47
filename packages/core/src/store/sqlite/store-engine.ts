import { EventwrightError, newId } from '../../event/index.ts'
import { CannotOpenFile } from '../errors.ts'
import type { StoreEngine } from '../event-store.ts'
import { openStore } from '../open.ts'
import type { RenewEpoch } from '../renew-epoch.ts'
import type { SqliteConnection } from './connection.ts'
import { sqliteEngine } from './engine.ts'
import { openSqliteFile, type SqliteFile, type SqliteFileOptions } from './file.ts'
import { storeMigrations } from './migrations.ts'
import { lastPosition } from './rows.ts'

export interface SqliteStoreEngine extends StoreEngine {
  readonly path: string
  /** After a restore: the log goes on in another epoch, for stores that are opened from now on, and open ones refuse their checkpoints. */
  renewEpoch(options?: RenewEpoch): Promise<string>
}

/** A store in a SQLite file, which is made when it is not there, unless `readOnly`. Several processes may share it. */
export function sqliteStoreEngine(path: string, options: SqliteFileOptions = {}): SqliteStoreEngine {
  const url = `sqlite:${path}`
  return {
    url,
    path,
    async openStore(storeOptions) {
      const file = await openMigrated(path, options)
      const epoch = await file.read(epochOf)
      return openStore(sqliteEngine(url, file, epoch), storeOptions)
    },
    async renewEpoch({ carry = [] } = {}) {
      const file = await openMigrated(path, options)
      const epoch = newId()
      try {
        await file.write((db) => {
          db.run('UPDATE eventwright_log SET epoch = ?', epoch)
          for (const name of carry) carryCheckpoint(db, name, epoch)
        })
        return epoch
      } finally {
        await file.close()
      }
    },
  }
}

async function openMigrated(path: string, options: SqliteFileOptions): Promise<SqliteFile> {
  const file = await openSqliteFile(path, options)
  try {
    await file.migrate('store', storeMigrations)
    return file
  } catch (error) {
    await file.close()
    if (error instanceof EventwrightError) throw error
    const why = `its tables are not those of a store (${error instanceof Error ? error.message : String(error)})`
    throw new CannotOpenFile(path, why, { cause: error })
  }
}

function carryCheckpoint(db: SqliteConnection, name: string, epoch: string): void {
  db.run(
    'UPDATE eventwright_checkpoints SET epoch = ?, position = min(position, ?) WHERE tenant = ? AND name = ?',
    epoch,
    lastPosition(db),
    '',
    name,
  )
}

function epochOf(db: SqliteConnection): string {
  return db.get<{ epoch: string }>('SELECT epoch FROM eventwright_log')?.epoch ?? ''
}
