import { startPostgres } from '../postgres/server.mjs'
import { filesStage } from './files-stage.ts'
import type { ChaosOptions } from './options.ts'
import { postgresBroker, postgresStores } from './services/postgres-engines.ts'
import { sqliteBroker, sqliteStores } from './services/sqlite-engines.ts'
import { servicesStage } from './services/stage.ts'
import type { Stage } from './stage.ts'

export type StageOptions = Pick<ChaosOptions, 'engine' | 'layout' | 'seed'> & { readonly folder: string }

/** The stage that a run asks for, with its engines up; files go into the folder. */
export async function stageOf({ engine, layout, seed, folder }: StageOptions): Promise<Stage> {
  if (layout !== 'services') return filesStage({ folder, layout, seed })
  if (engine === 'sqlite') {
    return servicesStage({ folder, seed, stores: sqliteStores(folder), broker: sqliteBroker(folder) })
  }
  const server = await startPostgres()
  return servicesStage({ folder, seed, stores: postgresStores(server), broker: postgresBroker(server) })
}
