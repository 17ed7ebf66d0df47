import type { Catalog } from '../catalog/index.ts'
import type { RecordedEvent } from '../event/index.ts'
import type { Tx } from '../store/index.ts'

/** What a projection handler may do: write documents, in the transaction that advances its checkpoint. */
export type ProjectionTx = Pick<Tx, 'documents' | 'tenant' | 'now'>

/** A read model: handlers by event type, writing documents. */
export interface ProjectionDefinition {
  readonly kind: 'projection'
  readonly name: string
  /** Raise it to have the read model built anew beside the old one, and swapped once it has caught up. */
  readonly version: number
  readonly catalog: Catalog
  /** Event types it hears. */
  readonly types: readonly string[]
  /** True: written in the append's own transaction; then it may write only documents keyed by its stream. */
  readonly inline: boolean
  handle(event: RecordedEvent, tx: ProjectionTx): Promise<void> | void
}
