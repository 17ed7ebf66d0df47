import { newId } from '../../event/index.ts'
import type { StoreEngine } from '../event-store.ts'
import { openStore } from '../open.ts'
import type { RenewEpoch } from '../renew-epoch.ts'
import { openPostgres } from './database/open.ts'
import type { PostgresOptions, PostgresTarget } from './database/options.ts'
import { planOf } from './database/plan.ts'
import type { PostgresDatabase } from './database.ts'
import { postgresEngine } from './engine.ts'
import { followOrigin } from './epoch/follow-origin.ts'
import { originOf } from './epoch/origin.ts'
import { lockEpoch, renewEpoch } from './epoch/renew-epoch.ts'
import { epochOf } from './load.ts'
import { migrate } from './migrate/migrate.ts'
import { storeMigrations } from './migrations.ts'
import { tablesOf } from './tables.ts'

export interface PostgresStoreEngine extends StoreEngine {
  /** After a restore: the log goes on in another epoch, for stores that are opened from now on, and open ones refuse their checkpoints. */
  renewEpoch(options?: RenewEpoch): Promise<string>
}

export interface PostgresStoreOptions extends PostgresOptions {
  /** Names of checkpoints that go on by themselves where an epoch begins by itself. Default none. */
  readonly carry?: readonly string[]
}

/** A store in a PostgreSQL schema, which is made when it is not there. Any number of processes may share it. */
export function postgresStoreEngine(
  target: PostgresTarget,
  options: PostgresStoreOptions = {},
): PostgresStoreEngine {
  const { url, synchronousStandbys } = planOf(target, options)
  const following = { carry: options.carry ?? [], synchronousStandbys }
  return {
    url,
    async openStore(storeOptions) {
      const database = await openMigrated(target, options)
      try {
        const tables = tablesOf(database)
        if (!database.readOnly) {
          await followOrigin(database, tables, following)
          database.onReturn((asking) => followOrigin(asking, tables, following))
        }
        const epoch = await epochOf(database, tables)
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
        const tables = tablesOf(database)
        const origin = await originOf(database, tables)
        await database.transaction(async (session) => {
          await lockEpoch(session, tables)
          await renewEpoch(session, tables, { epoch, carry, origin })
        })
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
