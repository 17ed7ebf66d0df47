/** What of a store is looked at in one go. */
export interface ViewQuery {
  /** The name of a checkpoint. */
  readonly checkpoint: string
  /** Whole collections, of all tenants. */
  readonly collections: readonly string[]
}

/** A document of a view. */
export interface ViewedDocument {
  readonly tenant: string
  readonly collection: string
  readonly id: string
  /** As JSON text: there may be very many. */
  readonly text: string
}

/** How far each tenant's checkpoint of one name stands. */
export type ViewedCheckpoints = ReadonlyMap<string, number>

/** A checkpoint, documents and the log as one commit left them. */
export interface StoreView {
  /** The last position of the log. */
  readonly head: number
  /** By tenant; those that do not stand at 0. */
  readonly checkpoints: ViewedCheckpoints
  readonly documents: readonly ViewedDocument[]
}

/** The same as an engine has it. */
export interface EngineView {
  readonly head: number
  readonly checkpoints: readonly {
    readonly tenant: string
    readonly position: number
    readonly epoch: string
  }[]
  readonly documents: readonly ViewedDocument[]
}
