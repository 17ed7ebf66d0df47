import type { Expect } from '../event-store.ts'
import type { StoredEvent } from '../stored.ts'

export interface Appended {
  /** The events as the log has them. */
  readonly events: readonly StoredEvent[]
  /** Of the stream, after them. */
  readonly version: number
}

/** What became of one unit of a flush. */
export type Answer =
  /** Append by append. */
  | { readonly kind: 'done'; readonly appended: readonly Appended[] }
  /** A plain append that was there already. */
  | { readonly kind: 'duplicate'; readonly events: readonly StoredEvent[] }
  /** What the work read is not so any more. Units that miss on the same `key` should take turns. */
  | { readonly kind: 'miss'; readonly key: string; readonly what: string; readonly stream?: StreamMiss }
  | { readonly kind: 'failed'; readonly error: unknown }

export interface StreamMiss {
  readonly stream: string
  readonly expected: Expect
  readonly actual: number
}
