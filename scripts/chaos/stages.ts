import { startKafka } from '../kafka/broker.mjs'
import { startPostgres } from '../postgres/server.mjs'
import { filesStage } from './files-stage.ts'
import type { ChaosOptions } from './options.ts'
import { kafkaBroker } from './services/kafka-engine.ts'
import { postgresBroker, postgresStores } from './services/postgres-engines.ts'
import { sqliteBroker, sqliteStores } from './services/sqlite-engines.ts'
import { type ServicesOptions, servicesStage } from './services/stage.ts'
import type { Stage } from './stage.ts'

/** Kafka looks after members that are gone for six seconds; here they die all the time. */
const QUICK_GROUPS = {
  'group.min.session.timeout.ms': 1000,
  'group.consumer.min.session.timeout.ms': 1000,
  'group.consumer.min.heartbeat.interval.ms': 300,
}

export type StageOptions = Pick<ChaosOptions, 'engine' | 'layout' | 'seed'> &
  Pick<ServicesOptions, 'folder' | 'pace' | 'patience' | 'leaseTime' | 'pairs' | 'restarts'>

/** The stage that a run asks for, with its engines up; files go into the folder. */
export async function stageOf({ engine, layout, ...options }: StageOptions): Promise<Stage> {
  const { folder, seed } = options
  if (layout !== 'services') return filesStage({ folder, layout, seed })
  if (engine === 'sqlite') {
    return servicesStage({ ...options, stores: sqliteStores(folder), broker: sqliteBroker(folder) })
  }
  const server = await startPostgres()
  const stores = postgresStores(server)
  const broker =
    engine === 'kafka' ? kafkaBroker(await startKafka({ config: QUICK_GROUPS })) : postgresBroker(server)
  return servicesStage({ ...options, stores, broker })
}
