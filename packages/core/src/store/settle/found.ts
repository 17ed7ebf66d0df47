import type { StoredCheckpoint, StoredDocument, StoredEvent, StoredTimerRow } from '../stored.ts'
import type { CommandRecord, InboxMessage } from '../transaction.ts'
import type { DocumentRange } from '../unit.ts'

/** A name with its tenant; `parts` in the order in which the engine's table has them. */
export interface Named {
  readonly key: string
  readonly tenant: string
  readonly name: string
}

export interface NamedPair extends Named {
  readonly second: string
}

/** What units of one flush touch, by key: the engine loads each once. */
export interface Needs {
  readonly streams: ReadonlyMap<string, Named>
  /** Ids of events that may be in the log already. */
  readonly events: ReadonlyMap<string, Named>
  /** name: collection, second: id. */
  readonly documents: ReadonlyMap<string, NamedPair>
  readonly lists: ReadonlyMap<string, Named & { readonly range: DocumentRange }>
  /** name: consumer. */
  readonly inbox: ReadonlyMap<string, Named & { readonly message: InboxMessage }>
  readonly checkpoints: ReadonlyMap<string, Named>
  /** name: stream, second: command id. */
  readonly commands: ReadonlyMap<string, NamedPair>
  /** name: owner, second: id. */
  readonly timers: ReadonlyMap<string, NamedPair>
  readonly fences: ReadonlyMap<string, Named>
}

/** An event of a batch. An engine that gives positions only as it writes sets them, in the order of the batch. */
export type PlacedEvent = StoredEvent & { position: number }

/** What the engine has under the keys of `Needs`; a key that is not there is not in the database. */
export interface Found {
  readonly epoch: string
  /** The log's last position; 0 where the engine sets positions as it writes. */
  readonly position: number
  /** The last revision given, or a number above all that were where the engine gives them as it writes. */
  readonly revision: number
  readonly streams: ReadonlyMap<string, number>
  readonly events: ReadonlyMap<string, StoredEvent>
  readonly documents: ReadonlyMap<string, StoredDocument>
  readonly lists: ReadonlyMap<string, readonly { readonly id: string; readonly revision: number }[]>
  readonly inbox: ReadonlyMap<string, number>
  readonly checkpoints: ReadonlyMap<string, StoredCheckpoint>
  readonly commands: ReadonlySet<string>
  readonly timers: ReadonlyMap<string, Pick<StoredTimerRow, 'revision'>>
  readonly fences: ReadonlyMap<string, number>
}

/** What the engine writes, all or nothing. Keys are those of `Needs`; each is in there once. */
export interface Batch {
  /** The last revision given, for the next flush to go on from. */
  revision: number
  readonly events: PlacedEvent[]
  readonly streams: Map<string, Named & { readonly version: number }>
  /** `document` undefined: delete. */
  readonly documents: Map<string, NamedPair & { readonly document: StoredDocument | undefined }>
  /** `value`: the mark's version, or when the id expires. */
  readonly inbox: Map<string, Named & { readonly message: InboxMessage; readonly value: number }>
  readonly checkpoints: Map<string, Named & StoredCheckpoint>
  readonly commands: Map<string, NamedPair & { readonly record: CommandRecord }>
  /** `timer` undefined: delete. */
  readonly timers: Map<string, NamedPair & { readonly timer: StoredTimerRow | undefined }>
  readonly fences: Map<string, Named & { readonly token: number }>
  /** Inbox ids that expired before this may go. */
  readonly now: number
}

export function emptyBatch(revision: number, now: number): Batch {
  return {
    revision,
    events: [],
    streams: new Map(),
    documents: new Map(),
    inbox: new Map(),
    checkpoints: new Map(),
    commands: new Map(),
    timers: new Map(),
    fences: new Map(),
    now,
  }
}

/** True when the batch writes nothing. */
export function isEmpty(batch: Batch): boolean {
  return (
    batch.events.length === 0 &&
    batch.documents.size === 0 &&
    batch.inbox.size === 0 &&
    batch.checkpoints.size === 0 &&
    batch.commands.size === 0 &&
    batch.timers.size === 0 &&
    batch.fences.size === 0
  )
}
