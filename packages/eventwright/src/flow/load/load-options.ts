import type { BrokerEngine, Logger, StoreEngine } from '@eventwright/core'
import type { WrittenServices } from '../compile/index.ts'
import type { OrderOptions } from './orders.ts'
import type { Pace } from './pace.ts'
import type { LoadProgress } from './watch.ts'

/** How a flow is put under load, and on what. */
export interface LoadOptions extends Omit<OrderOptions, 'prefix'> {
  readonly pace: Pace
  /** Milliseconds in which orders are begun. */
  readonly length: number
  /** Milliseconds that what is under way has to end; default 30 seconds. */
  readonly drain?: number
  /** Keeps what happened, under a tenant of its own; default a temporary SQLite file. */
  readonly store?: StoreEngine
  readonly broker?: BrokerEngine
  /** Services written by hand, as for `runFlow`. */
  readonly written?: WrittenServices
  readonly logger?: Logger
  /** Ends the sending; what is under way is drained, and the balance drawn. */
  readonly signal?: AbortSignal
  /** Called about once a second. */
  readonly onProgress?: (progress: LoadProgress) => void
}
