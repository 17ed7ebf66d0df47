import type { BrokerEngine } from '../broker.ts'
import { openBroker } from '../open-broker.ts'
import { emptyMemory, memoryStorage } from './memory-storage.ts'

export interface MemoryBrokerOptions {
  /** Milliseconds that messages are kept which every group has committed; default 7 days. */
  readonly retention?: number
  /** Throws when a call must not be made now, as inside a unit of work of a store that is one with this broker. */
  readonly assertUsable?: (operation: string) => void
}

/** A broker in this process's memory. Opening it twice gives the same topics, as a file does. */
export function memoryBroker(options: MemoryBrokerOptions = {}): BrokerEngine {
  const memory = emptyMemory()
  return {
    url: 'memory:',
    async openBroker(settings = {}) {
      const { assertUsable, ...rest } = options
      return openBroker(memoryStorage(memory, assertUsable), { ...rest, ...settings })
    },
  }
}
