import type { Broker, BrokerEngine } from '../broker/index.ts'
import type { EventStore, StoreEngine, StoreOptions } from '../store/index.ts'
import { InvalidTopology } from './errors.ts'
import type { AppOptions } from './options.ts'
import { sparingLogger } from './sparing-logger.ts'

export interface Engines {
  readonly store: EventStore
  readonly broker: Broker
}

/** Opens both, or neither. @throws what the engines throw */
export async function openEngines(options: AppOptions, storeOptions: StoreOptions): Promise<Engines> {
  const brokerEngine = options.broker ?? options.store
  if (!isBroker(brokerEngine)) {
    throw new InvalidTopology(
      `The store ${options.store.url} is no broker: give one, eventwright({ store, broker: … }).`,
    )
  }
  const store = await options.store.openStore(storeOptions)
  try {
    const { logger } = options
    return { store, broker: await brokerEngine.openBroker(logger ? { logger: sparingLogger(logger) } : {}) }
  } catch (error) {
    await store.close()
    throw error
  }
}

function isBroker(engine: StoreEngine | BrokerEngine): engine is BrokerEngine {
  return 'openBroker' in engine
}
