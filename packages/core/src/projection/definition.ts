import type { Catalog } from '../catalog/index.ts'
import type { PendingEvent, RecordedEvent } from '../event/index.ts'
import type { Tx } from '../store/index.ts'

/** What a projection handler may do: write documents, in the transaction that advances its checkpoint. */
export type ProjectionTx = Pick<Tx, 'documents' | 'tenant' | 'now'>

/** A read model: handlers by event type, writing documents. */
export interface ProjectionDefinition {
  readonly kind: 'projection'
  /** Also the collection it writes to, unless `collections` says otherwise. Has no `@` and no `/`. */
  readonly name: string
  /** Raise it to have the read model built anew beside the old one, and swapped once it has caught up. */
  readonly version: number
  readonly catalog: Catalog
  /** Event types it hears. */
  readonly types: readonly string[]
  /** The collections it owns, as its handlers and `app.documents` name them; default its own name. */
  readonly collections?: readonly string[]
  /** True: written in the append's own transaction; then it may write only documents keyed by its stream. */
  readonly inline: boolean
  /** An asynchronous projection gets events as the log holds them, an inline one before they have a position. */
  handle(event: PendingEvent | RecordedEvent, tx: ProjectionTx): Promise<void> | void
}

/** The collections that a projection owns. */
export function collectionsOf(definition: ProjectionDefinition): readonly string[] {
  return definition.collections ?? [definition.name]
}

/** A projection at a version, as leases, checkpoints and components are named: `demand@2`. */
export function versionedName(name: string, version: number): string {
  return `${name}@${version}`
}

/** The checkpoint of a projection's version. */
export function checkpointOf(name: string, version: number): string {
  return `projection:${versionedName(name, version)}`
}
