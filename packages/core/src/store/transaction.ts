import type { NewEvent, PendingEvent } from '../event/index.ts'
import type { Expect, ReadOptions, StreamSlice } from './event-store.ts'
import type { Timer } from './timers.ts'

export interface TxAppendResult {
  readonly version: number
  readonly events: readonly PendingEvent[]
  /** True when the events are in the log already: the whole unit is then a duplicate and will write nothing. */
  readonly duplicate: boolean
}

/** A message as an inbox knows it: by the version in its stream where the topic's key is the stream, else by id. */
export type InboxMessage =
  | { readonly topic: string; readonly epoch: string; readonly stream: string; readonly version: number }
  | { readonly id: string; readonly expires: number }

/** What became of a command, as stored beside its events. */
export interface CommandRecord {
  readonly commandId: string
  /** Of type, aggregate, id and canonical data. `null` where a compensation came before its forward command: any hash fits. */
  readonly hash: string | null
  readonly outcome: 'events' | 'nothing' | 'refused'
  readonly refusal?: { readonly name: string; readonly message?: string }
  /** Versions of the first and last event, for outcome `events`. */
  readonly first?: number
  readonly last?: number
}

export interface DocumentReader<Value> {
  get(id: string): Promise<Value | undefined>
  /** In the order of the ids' UTF-8 bytes. */
  list(options?: DocumentListOptions): Promise<readonly { readonly id: string; readonly value: Value }[]>
}

export interface DocumentListOptions {
  readonly prefix?: string
  /** Ids after this one. */
  readonly after?: string
  readonly limit?: number
}

export interface Documents<Value> extends DocumentReader<Value> {
  put(id: string, value: Value): void
  delete(id: string): void
  /** Applied at the flush to the value that stands there then, so that writers do not conflict. Pure and synchronous; `undefined` deletes. */
  update(id: string, change: (current: Value | undefined) => Value | undefined): void
}

/** What `work` of a unit of work sees and writes: the last commit plus its own buffer. Everything here writes at the flush. */
export interface Tx {
  readonly tenant: string
  /** Milliseconds since 1970 on the app's clock, the same for the whole run of `work`. */
  readonly now: number
  /** The same object in all units of one open store: what is remembered between units is remembered for it. */
  readonly log: object
  /**
   * `expect` is checked here and at the flush. A miss at the flush of an `expect` that held here runs `work` again.
   * @throws ConcurrencyError EventIdReused InvalidPayload UnknownEventType
   */
  append(
    stream: string,
    events: readonly NewEvent[],
    options?: { readonly expect?: Expect },
  ): Promise<TxAppendResult>
  read(stream: string, options?: Omit<ReadOptions, 'tenant'>): Promise<StreamSlice<PendingEvent>>
  readonly inbox: {
    /** False when it was accepted before (by version: this one or a later one). */
    accept(consumer: string, message: InboxMessage): Promise<boolean>
  }
  readonly checkpoint: {
    /** 0 when there is none. @throws EpochChanged */
    get(name: string): Promise<number>
    /** Compare and set. @throws CheckpointMoved when it does not stand at `from`, also at the flush. */
    advance(name: string, from: number, to: number): Promise<void>
  }
  readonly timers: {
    set(timer: Timer): void
    cancel(owner: string, id: string): void
    get(owner: string, id: string): Promise<Timer | undefined>
  }
  readonly commands: {
    find(stream: string, commandId: string): Promise<CommandRecord | undefined>
    record(stream: string, record: CommandRecord): void
  }
  readonly outbox: {
    /** Recorded in the log as a technical event; the relay publishes it. Messages of one topic and key keep their order. */
    add(topic: string, message: OutboxMessage): Promise<void>
  }
  documents<Value = unknown>(collection: string): Documents<Value>
  /** The flush throws `FencedOut` when a higher token was seen under this name, and remembers this one. */
  fence(name: string, token: number): void
}

export interface OutboxMessage {
  readonly id?: string
  readonly key: string | null
  readonly headers?: { readonly [name: string]: string }
  readonly value: string
}
