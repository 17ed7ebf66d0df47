import { newId } from '../../event/index.ts'
import type { StoreEngine } from '../event-store.ts'
import { openStore } from '../open.ts'
import type { RenewEpoch } from '../renew-epoch.ts'
import { named } from '../settle/index.ts'
import { emptyData } from './data.ts'
import { memoryEngine } from './engine.ts'

/** A store in memory: opening it again gives the same data, as a file does, until `drop`. */
export interface MemoryStoreEngine extends StoreEngine {
  /** Forgets everything, for stores that are opened from now on. */
  drop(): void
  /** What a restore does to a file: the log goes on in another epoch, for stores that are opened from now on. */
  renewEpoch(options?: RenewEpoch): Promise<string>
}

/** `resource`: what else lives in the same memory, a broker, so that neither is called inside a unit of work. */
export function memoryStoreEngine(resource: object = {}): MemoryStoreEngine {
  let data = emptyData()
  return {
    url: 'memory:',
    openStore: async (options) => openStore(memoryEngine('memory:', data, resource), options),
    drop() {
      data = emptyData()
    },
    async renewEpoch({ carry = [] } = {}) {
      const epoch = newId()
      const head = data.log.at(-1)?.position ?? 0
      data.epoch = epoch
      for (const key of carry.map((name) => named('', name))) {
        const stands = data.checkpoints.get(key)
        if (stands) data.checkpoints.set(key, { epoch, position: Math.min(stands.position, head) })
      }
      return epoch
    },
  }
}
