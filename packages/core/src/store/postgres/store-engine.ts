import { newId } from '../../event/index.ts'
import type { StoreEngine } from '../event-store.ts'
import { openStore } from '../open.ts'
import type { RenewEpoch } from '../renew-epoch.ts'
import { openPostgres } from './database/open.ts'
import type { PostgresOptions, PostgresTarget } from './database/options.ts'
import { urlOfTarget } from './database/plan.ts'
import type { PostgresDatabase } from './database.ts'
import { postgresEngine } from './engine.ts'
import { epochOf } from './load.ts'
import { migrate } from './migrate/migrate.ts'
import { storeMigrations } from './migrations.ts'
import { renewEpoch } from './renew-epoch.ts'
import { tablesOf } from './tables.ts'

export interface PostgresStoreEngine extends StoreEngine {
  /** After a restore: the log goes on in another epoch, for stores that are opened from now on, and open ones refuse their checkpoints. */
  renewEpoch(options?: RenewEpoch): Promise<string>
}

/** A store in a PostgreSQL schema, which is made when it is not there. Any number of processes may share it. */
export function postgresStoreEngine(
  target: PostgresTarget,
  options: PostgresOptions = {},
): PostgresStoreEngine {
  return {
    url: urlOfTarget(target, options),
    async openStore(storeOptions) {
      const database = await openMigrated(target, options)
      try {
        const epoch = await epochOf(database, tablesOf(database))
        return openStore(postgresEngine(database, epoch), storeOptions)
      } catch (error) {
        await database.close()
        throw error
      }
    },
    async renewEpoch({ carry = [] } = {}) {
      const database = await openMigrated(target, options)
      const epoch = newId()
      try {
        await renewEpoch(database, epoch, carry)
        return epoch
      } finally {
        await database.close()
      }
    },
  }
}

async function openMigrated(target: PostgresTarget, options: PostgresOptions): Promise<PostgresDatabase> {
  const database = await openPostgres(target, options)
  try {
    await migrate(database, 'store', storeMigrations)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
