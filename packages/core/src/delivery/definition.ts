import type { Catalog } from '../catalog/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import type { Tx } from '../store/index.ts'
import type { ConsumerOptions } from './message.ts'

/** What a consumer's handler may do: all of a unit of work but the machinery's own parts. */
export type ConsumerTx = Omit<Tx, 'inbox' | 'checkpoint' | 'fence'>

/** How a consumer takes its messages. */
export type ConsumerSettings = Pick<
  ConsumerOptions<unknown>,
  'batch' | 'maxInFlight' | 'retry' | 'breaker' | 'dedupe' | 'retention' | 'sessionTimeout'
>

/** Handlers of a service for events that others publish. */
export interface ConsumerDefinition {
  readonly kind: 'consumer'
  /** The consumer group. */
  readonly name: string
  readonly topics: readonly string[]
  readonly catalog: Catalog
  /** Event types it hears; others pass. */
  readonly types: readonly string[]
  readonly settings: ConsumerSettings
  handle(event: RecordedEvent, tx: ConsumerTx): Promise<void> | void
}
