import type { EventStore, StoreOptions } from '../../store/index.ts'

/** Where one test of the aggregate suite runs. */
export interface AggregatePlace {
  /** Opens the place's store, with the suite's catalog unless told otherwise. Opened again it holds the same data. */
  open(options?: StoreOptions): Promise<EventStore>
}
