import type { BrokerEngine } from '../../broker/index.ts'
import type { StoreEngine } from '../../store/index.ts'

/** Where one test of the saga suite runs: nothing in it yet, and nobody else there. */
export interface SagaPlace {
  /** Opening it several times gives the same log. */
  readonly store: StoreEngine
  /** Opening it several times gives the same topics. */
  readonly broker: BrokerEngine
  dispose(): Promise<void>
}

export type SagaPromises = { readonly [name: string]: (place: SagaPlace) => Promise<void> }
