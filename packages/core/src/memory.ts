import { type BrokerEngine, type MemoryBrokerOptions, memoryBroker } from './broker/index.ts'
import { refuseInsideWork } from './store/index.ts'
import { type MemoryStoreEngine, memoryStoreEngine } from './store/memory/index.ts'

/** A store and a broker in one memory. */
export type MemoryEngine = MemoryStoreEngine & BrokerEngine

/** How long the broker in memory keeps messages. */
export interface MemoryOptions extends Pick<MemoryBrokerOptions, 'retention'> {}

/** A store and a broker in this process's memory. Opened again, it gives the same data, as a file does. */
export function memory(options: MemoryOptions = {}): MemoryEngine {
  const resource = {}
  const assertUsable = (operation: string): void => refuseInsideWork(resource, operation)
  const { openBroker } = memoryBroker({ ...options, assertUsable })
  return { ...memoryStoreEngine(resource), openBroker }
}
