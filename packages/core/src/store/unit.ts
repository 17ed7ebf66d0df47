import type { EventText, Metadata } from '../event/index.ts'
import type { Expect } from './event-store.ts'
import type { CommandRecord, InboxMessage } from './transaction.ts'

/** An event that is checked and written out, ready for the log. */
export interface PreparedEvent {
  readonly id: string
  /** True when the id was just made and cannot be in the log yet. */
  readonly fresh: boolean
  readonly type: string
  readonly schemaVersion: number
  readonly data: unknown
  readonly metadata: Metadata
  readonly text: EventText
}

export interface UnitAppend {
  readonly stream: string
  readonly events: readonly PreparedEvent[]
  readonly expect: Expect
}

/** Which documents, in which order, a listing asked for. */
export interface DocumentRange {
  readonly prefix: string
  readonly after: string
  readonly limit: number
}

/** What a unit of work has seen, and what the flush compares with. Revisions come from a counter that only rises; 0 is "not there". */
export interface Reads {
  /** Versions by stream. */
  readonly streams: Map<string, number>
  readonly documents: { readonly collection: string; readonly id: string; readonly revision: number }[]
  readonly lists: {
    readonly collection: string
    readonly range: DocumentRange
    readonly found: readonly { readonly id: string; readonly revision: number }[]
  }[]
  readonly inbox: { readonly consumer: string; readonly message: InboxMessage; readonly accepted: boolean }[]
  /** Positions by name. */
  readonly checkpoints: Map<string, number>
  readonly commands: { readonly stream: string; readonly commandId: string; readonly known: boolean }[]
  readonly timers: { readonly owner: string; readonly id: string; readonly revision: number }[]
}

export type DocumentChange =
  /** JSON text; undefined deletes. */
  | { readonly collection: string; readonly id: string; readonly text: string | undefined }
  | {
      readonly collection: string
      readonly id: string
      readonly update: (current: unknown) => unknown
    }

/** What a unit of work asks for, in order within each list. */
export interface Writes {
  readonly appends: UnitAppend[]
  readonly documents: DocumentChange[]
  readonly inbox: { readonly consumer: string; readonly message: InboxMessage }[]
  readonly advances: { readonly name: string; readonly from: number; readonly to: number }[]
  /** `data` as JSON text; no `timer` cancels. */
  readonly timers: {
    readonly owner: string
    readonly id: string
    readonly timer: { readonly due: number; readonly data: string } | undefined
  }[]
  readonly commands: { readonly stream: string; readonly record: CommandRecord }[]
  readonly fences: { readonly name: string; readonly token: number }[]
}

/** A unit of work as data: what it read and what it writes. */
export interface Unit {
  /** `append`: a plain append, whose misses are its caller's. `work`: a miss runs the work again. */
  readonly kind: 'append' | 'work'
  readonly tenant: string
  readonly reads: Reads
  readonly writes: Writes
}

export function emptyUnit(kind: Unit['kind'], tenant: string): Unit {
  return {
    kind,
    tenant,
    reads: {
      streams: new Map(),
      documents: [],
      lists: [],
      inbox: [],
      checkpoints: new Map(),
      commands: [],
      timers: [],
    },
    writes: {
      appends: [],
      documents: [],
      inbox: [],
      advances: [],
      timers: [],
      commands: [],
      fences: [],
    },
  }
}

/** What plain appends have in common. Nobody writes to it. */
const NOTHING = emptyUnit('append', '')

/** A plain append, of which there may be a hundred thousand in a second. */
export function appendUnit(tenant: string, append: UnitAppend): Unit {
  return { kind: 'append', tenant, reads: NOTHING.reads, writes: { ...NOTHING.writes, appends: [append] } }
}

/** Characters of payload that the unit carries: what a flush is limited by beside the number of units. */
export function sizeOf(unit: Unit): number {
  let size = 0
  for (const append of unit.writes.appends) {
    for (const event of append.events) size += event.text.data.length + event.text.metadata.length + 100
  }
  for (const change of unit.writes.documents) {
    size += 'text' in change ? (change.text?.length ?? 0) : 100
  }
  return size
}
