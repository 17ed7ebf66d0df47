import type { RecordedEvent } from '../event/index.ts'
import type { CommitListener } from './commit-news.ts'
import type { LogQuery } from './event-store.ts'
import type { JoinClient } from './join-client.ts'
import type { Leases } from './leases.ts'
import type { Batch, Found, Needs } from './settle/index.ts'
import type { StoredCheckpoint, StoredDocument, StoredEvent, StoredTimerRow } from './stored.ts'
import type { StoredTimer, TimerQuery } from './timers.ts'
import type { CommandRecord, InboxMessage } from './transaction.ts'
import type { DocumentRange } from './unit.ts'
import type { EngineView, ViewQuery } from './view.ts'

export interface StreamRange {
  readonly from: number
  readonly to: number
  readonly limit: number
  readonly backward: boolean
}

export interface EngineStreamSlice {
  /** As they were written, not upcast. */
  readonly events: readonly RecordedEvent[]
  /** Of the whole stream, 0 where it is not there. */
  readonly version: number
}

export type EngineLogQuery = Omit<LogQuery, 'raw' | 'direction'> & {
  readonly after: number
  readonly before: number
  readonly limit: number
  readonly backward: boolean
}

export interface EngineLogSlice {
  /** As they were written, not upcast. */
  readonly events: readonly RecordedEvent[]
  readonly examined: number
}

/**
 * What a database has to do to be an event store: keep rows, and give what a flush asks for. All that
 * is decided is decided by `settle`, which every engine shares.
 */
export interface Engine {
  readonly url: string
  /** The same object for all that open the same data. */
  readonly resource: object
  /** Of the log, when the engine was opened. */
  readonly epoch: string
  /** True where each question is a round trip. */
  readonly distant?: boolean
  /** How many flushes it takes at a time; default 1. No two of them touch the same. */
  readonly flights?: number
  /**
   * In one transaction, without awaiting in it: loads what is needed, gives it to `settle`, writes the
   * batch. Rejects when nothing was written, with `UnknownOutcomeError` when that is not known. `quiet`: no news
   * for the listeners of this process, and what is written need not outlive a power cut.
   */
  flush(needs: Needs, settle: (found: Found) => Batch, options?: { readonly quiet?: boolean }): Promise<void>
  version(tenant: string, stream: string): Promise<number>
  stream(tenant: string, stream: string, range: StreamRange): Promise<EngineStreamSlice>
  log(query: EngineLogQuery): Promise<EngineLogSlice>
  head(): Promise<number>
  /** Those of the ids that are in the log, in any order. */
  eventsById(tenant: string, ids: readonly string[]): Promise<readonly StoredEvent[]>
  document(tenant: string, collection: string, id: string): Promise<StoredDocument | undefined>
  /** In the order of the ids' UTF-8 bytes. */
  documents(
    tenant: string,
    collection: string,
    range: DocumentRange,
  ): Promise<readonly (StoredDocument & { readonly id: string })[]>
  /** The mark's version, or the time at which the id expires. */
  inbox(tenant: string, consumer: string, message: InboxMessage): Promise<number | undefined>
  checkpoint(tenant: string, name: string): Promise<StoredCheckpoint | undefined>
  command(tenant: string, stream: string, commandId: string): Promise<CommandRecord | undefined>
  /** A checkpoint of all tenants and whole collections, as one commit left them. */
  view(query: ViewQuery): Promise<EngineView>
  timer(tenant: string, owner: string, id: string): Promise<StoredTimerRow | undefined>
  timers(query: TimerQuery): Promise<readonly StoredTimer[]>
  readonly leases: Leases
  /**
   * Reads and writes in the transaction that is open on this client; what it flushes commits with it.
   * Not there: the engine has no such clients. @throws CannotJoin
   */
  join?(client: JoinClient): Promise<JoinedEngine>
  commits(): Promise<number>
  onCommit(listener: CommitListener): () => void
  close(): Promise<void>
}

/** What the work of a unit reads by. */
export type UnitEngine = Pick<
  Engine,
  | 'url'
  | 'resource'
  | 'epoch'
  | 'distant'
  | 'version'
  | 'stream'
  | 'eventsById'
  | 'document'
  | 'documents'
  | 'inbox'
  | 'checkpoint'
  | 'command'
  | 'timer'
>

/** An engine inside a transaction of the user's. */
export interface JoinedEngine extends UnitEngine {
  flush(needs: Needs, settle: (found: Found) => Batch): Promise<void>
  /** Keeps what was done, for the user to commit. */
  leave(): Promise<void>
  /** Undoes what was done since the join, and nothing else. */
  undo(): Promise<void>
}
