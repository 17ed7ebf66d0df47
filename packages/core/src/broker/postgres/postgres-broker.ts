import {
  migrate,
  openPostgres,
  type PostgresOptions,
  type PostgresTarget,
  urlOfTarget,
} from '../../store/postgres/index.ts'
import type { BrokerEngine } from '../broker.ts'
import { openBroker } from '../open-broker.ts'
import type { BrokerStorage } from '../storage.ts'
import { postgresStorage } from './postgres-storage.ts'
import { postgresBrokerMigrations } from './schema.ts'

export interface PostgresBrokerOptions extends PostgresOptions {
  /** Milliseconds that messages are kept which every group has committed; default 7 days, `Infinity` keeps all. */
  readonly retention?: number
}

/** A broker in a PostgreSQL schema that any number of processes share; a store may live in the same schema. */
export function postgresBroker(target: PostgresTarget, options: PostgresBrokerOptions = {}): BrokerEngine {
  return {
    url: urlOfTarget(target, options),
    async openBroker(settings = {}) {
      const { retention } = options
      const kept = retention === undefined ? {} : { retention }
      return openBroker(await openPostgresStorage(target, options), { ...kept, ...settings })
    },
  }
}

/** Opens the database and brings the broker's tables up to date. */
export async function openPostgresStorage(
  target: PostgresTarget,
  options: PostgresOptions = {},
): Promise<BrokerStorage> {
  const database = await openPostgres(target, options)
  try {
    await migrate(database, 'broker', postgresBrokerMigrations)
  } catch (error) {
    await database.close()
    throw error
  }
  return postgresStorage(database)
}
