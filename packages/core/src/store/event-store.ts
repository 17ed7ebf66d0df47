import type { Catalog } from '../catalog/index.ts'
import type { Clock, Ids, NewEvent, PendingEvent, RecordedEvent, TraceContext } from '../event/index.ts'
import type { CommitListener } from './commit-news.ts'
import type { JoinClient } from './join-client.ts'
import type { Leases } from './leases.ts'
import type { StoredTimer, TimerQuery } from './timers.ts'
import type { DocumentReader, Tx } from './transaction.ts'
import type { StoreView, ViewQuery } from './view.ts'

/**
 * What a stream must look like for an append: a version it stands at exactly, `'none'` (it does not
 * exist), `'exists'`, or `'any'`.
 */
export type Expect = number | 'none' | 'exists' | 'any'

export interface AppendOptions {
  /** Default `'any'`. Holds under races; a miss is `ConcurrencyError` with the true version. */
  readonly expect?: Expect
  /** Default `''`. */
  readonly tenant?: string
}

export interface AppendResult {
  /** The version of the stream's last event of this call; for an append of nothing, of the stream. */
  readonly version: number
  /** The position of the last event of this call; 0 for an append of nothing. */
  readonly position: number
  readonly events: readonly RecordedEvent[]
  /** True when all events were there already, under the same ids with the same data: nothing was written. */
  readonly duplicate: boolean
}

export interface ReadOptions {
  /** First version, included; default 1. Backward it is where reading ends. */
  readonly from?: number
  /** Last version, included; default the end. Backward it is where reading starts. */
  readonly to?: number
  readonly limit?: number
  readonly direction?: 'forward' | 'backward'
  readonly tenant?: string
}

export interface TransactionOptions {
  /** Default `''`. */
  readonly tenant?: string
  /**
   * True: what is written says only how far somebody has come, and is made anew where it is missing. It is no news
   * for `commits` and `onCommit` of this process, and by itself not synced: it outlives the process, however that
   * ends, while a power cut or a crash of the database's server may lose it. With other units in one commit it is as
   * durable as they are. A unit that appends events or records a command is never quiet. Default false.
   */
  readonly quiet?: boolean
}

export interface StreamSlice<Event = RecordedEvent> {
  readonly events: readonly Event[]
  /** The stream's version, 0 when it does not exist. Says so also when the slice is empty. */
  readonly version: number
}

export interface LogQuery {
  /** Position, excluded; default 0. */
  readonly after?: number
  /** Position, excluded; default the end. Backward it is where reading starts. */
  readonly before?: number
  /** Default `forward`; `backward` gives the latest first, so that `limit` takes the last ones. */
  readonly direction?: 'forward' | 'backward'
  /** Only this stream, in each tenant unless one is named. */
  readonly stream?: string
  /** Only the event with this id, in each tenant unless one is named. */
  readonly id?: string
  /** Only this conversation: the events that carry this correlation id, and the one with this id that carries none. */
  readonly correlationId?: string
  /** Only what this command led to where it was decided. No index serves this. */
  readonly commandId?: string
  /** Recorded at this time or later, in milliseconds since 1970. Clocks jump: this says nothing about positions. */
  readonly since?: number
  /** Recorded at this time or earlier. */
  readonly until?: number
  /** Only these types. */
  readonly types?: readonly string[]
  /** Only this tenant; default all of them. */
  readonly tenant?: string
  /** Default 1000. */
  readonly limit?: number
  /** True: payloads as they were written, not upcast (what a relay publishes). */
  readonly raw?: boolean
}

export interface LogSlice {
  readonly events: readonly RecordedEvent[]
  /**
   * The position that was examined: ask `after` this one next. It is never one at which an event may still appear.
   * Backward: what stands from here on, in the log as it was, was examined; ask `before` this one next.
   */
  readonly examined: number
}

export interface StoreHealth {
  /** Milliseconds that the oldest append in the queue has waited; 0 when there is none. */
  readonly oldestOpenAppend: number
  readonly queued: number
}

export interface StoreOptions {
  /** Checks payloads on append and upcasts on read; without one only the form of a payload is checked. */
  readonly catalog?: Catalog
  readonly clock?: Clock
  readonly ids?: Ids
  /** Where the trace of the running code stands: kept in the metadata of events that bring no `traceparent`. */
  readonly trace?: () => TraceContext | undefined
  /**
   * Runs inside every unit that appends, plain appends too, after its work and before its flush: what it
   * writes commits with the events (inline projections). Gets the unit's events, also technical ones, but
   * not those of the outbox. Like work it must be repeatable; it is not called for what it appends itself.
   */
  readonly onAppend?: (tx: Tx, events: readonly PendingEvent[]) => Promise<void>
}

/** What `sqlite('shop.db')` or `memory()` give: how to open a store. */
export interface StoreEngine {
  /** `memory:` or `sqlite:FILE`, for messages. */
  readonly url: string
  openStore(options?: StoreOptions): Promise<EventStore>
}

/**
 * The log of events in streams, and what commits in one unit with it. contracts.md states the promises;
 * `testing` publishes the suite that every engine passes.
 */
export interface EventStore {
  readonly url: string
  /** New after a restore (`EpochChanged` where a checkpoint carries another one). */
  readonly epoch: string
  /**
   * Appends all events or none, in order. Ids are looked at before `expect`: if all are there already,
   * consecutive and in order, in this stream, with the same type and canonical data, it is a success with
   * `duplicate: true`; any other meeting of ids is `EventIdReused`. Concurrent calls share a commit.
   * @throws ConcurrencyError EventIdReused InvalidPayload UnknownEventType UnknownOutcomeError UseTxError
   */
  append(stream: string, events: readonly NewEvent[], options?: AppendOptions): Promise<AppendResult>
  /** A stream's events in version order, upcast. Reading past the end gives nothing. */
  read(stream: string, options?: ReadOptions): Promise<StreamSlice>
  /** The log in position order. No reader passes a position at which an event may still appear. */
  readAll(query?: LogQuery): Promise<LogSlice>
  /** The position up to which everything is final now; 0 for an empty log. */
  head(): Promise<number>
  /**
   * An optimistic unit of work: `work` reads and buffers, then one flush checks again what it read and
   * writes everything or nothing; on a miss `work` runs again, so it must be repeatable and have no
   * other effects. Nothing is locked while it awaits.
   * @throws what `work` throws; FencedOut, CheckpointMoved, ConcurrencyError (an `expect` of `work`'s own), EventIdReused
   */
  transaction<Result>(
    work: (tx: Tx) => Promise<Result> | Result,
    options?: TransactionOptions,
  ): Promise<Result>
  /**
   * PostgreSQL only: `work` takes part in the transaction that you have open on `client`, and what it writes commits or
   * is undone with it. It sees what that transaction wrote. Nothing is run again: a miss throws, and undoes what the
   * join did; run your own transaction again then. Readers of the log wait from here until you commit, so commit soon.
   *
   * @example
   * await client.query('BEGIN')
   * await client.query('UPDATE stock SET left = left - 1 WHERE sku = $1', [sku])
   * await store.join(client, (tx) => tx.append(`order-${id}`, [{ type: 'OrderPlaced', data: { sku } }]))
   * await client.query('COMMIT')
   *
   * @throws CannotJoin where no transaction is open, or it is one of another database; ConcurrencyError; what `work` throws
   */
  join<Result>(
    client: JoinClient,
    work: (tx: Tx) => Promise<Result> | Result,
    options?: Pick<TransactionOptions, 'tenant'>,
  ): Promise<Result>
  /** Documents as last committed, outside a unit of work. */
  documents<Value = unknown>(
    collection: string,
    options?: { readonly tenant?: string },
  ): DocumentReader<Value>
  /** A checkpoint, whole collections and the head of the log, of all tenants, as one commit left them. @throws EpochChanged */
  view(query: ViewQuery): Promise<StoreView>
  /** A checkpoint as last committed. @throws EpochChanged */
  checkpoint(name: string, options?: { readonly tenant?: string }): Promise<number>
  /** Timers that are due, earliest first, of all tenants. */
  timers(query: TimerQuery): Promise<readonly StoredTimer[]>
  readonly leases: Leases
  /** Counts up with every commit that this process can see, also those of other processes: equal twice means nothing happened between. */
  commits(): Promise<number>
  /**
   * Called after each commit, soon also after those of other processes, with what it changed where that is known; one
   * call may stand for several commits. Returns what ends it.
   */
  onCommit(listener: CommitListener): () => void
  health(): StoreHealth
  /** Finishes what is queued, then closes. Idempotent. */
  close(): Promise<void>
}
