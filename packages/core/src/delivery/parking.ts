import type { ReceivedMessage } from '../broker/index.ts'
import type { Tx } from '../store/index.ts'
import type { Reason } from './errors.ts'
import { lanePrefix, rowId, sequence, summaryId } from './lane.ts'

/** Collections of what was parked; documents of the tenant whose messages they hold. */
export const PARKED = 'eventwright.parked'
export const DEAD = 'eventwright.dead'

/**
 * A key that is parked: while this row stands, what arrives with the key queues behind. The flush checks
 * it again, so an arrival and the redrive that frees the key cannot pass each other.
 */
export interface ParkedKey {
  readonly consumer: string
  readonly key: string | null
  readonly lane: string
  /** The order of the next message that is parked. */
  readonly next: number
  /** Messages that are parked. */
  readonly count: number
  readonly since: number
  /** Why the first of them is parked. */
  readonly reason: Reason
  /** The highest offset by source, so that a message which comes again is not parked twice. */
  readonly seen: { readonly [source: string]: number }
  /** Set: to be redriven. */
  readonly redrive?: Redrive
}

export interface Redrive {
  readonly marked: number
  /** The worker that runs the first message now, or died while it did. */
  readonly worker?: string
  readonly crashes: number
}

/** A message that is parked, as the document has it. */
export interface ParkedMessage {
  readonly consumer: string
  readonly key: string | null
  readonly lane: string
  /** As JSON text, in which any character that a producer sent can stand. */
  readonly message: string
  readonly reason: Reason
  /** True when it did not fail but came after one of its key that did. */
  readonly behind: boolean
  readonly attempts: number
  readonly parkedAt: number
}

/** The message as it was received. */
export function messageOf({ message }: Pick<ParkedMessage, 'message'>): ReceivedMessage {
  return JSON.parse(message)
}

/** One a consumer, absent while nothing is parked: what arrives looks at this first. */
export interface ParkedSummary {
  readonly keys: number
  /** Keys marked to be redriven. */
  readonly redrives: number
}

/** What is parked and where it belongs. */
export interface Arrival {
  readonly consumer: string
  readonly key: string | null
  readonly lane: string
  readonly source: string
  readonly offset: number
  readonly messages: readonly ReceivedMessage[]
}

export interface Verdict {
  readonly reason: Reason
  readonly attempts: number
}

/** True while the key is parked: what arrives must go behind. */
export async function isParked(tx: Tx, consumer: string, lane: string): Promise<boolean> {
  return (await tx.documents<ParkedKey>(PARKED).get(rowId(consumer, lane))) !== undefined
}

/**
 * Parks messages with their key, or behind those that are parked. Gives true when this parked the key
 * (what a breaker counts).
 */
export async function park(tx: Tx, arrival: Arrival, verdict: Verdict): Promise<boolean> {
  const { consumer, lane, key, source, offset } = arrival
  const rows = tx.documents<ParkedKey>(PARKED)
  const row = await rows.get(rowId(consumer, lane))
  if (row && offset <= (row.seen[source] ?? -1)) return false
  // Of a key that was free between, too, an id names one message: who dropped the old one does not drop the new one.
  const first = row?.next ?? Math.max(1, tx.now * 1000)
  rows.put(rowId(consumer, lane), {
    ...(row ?? { consumer, key: plain(key), lane, since: tx.now, reason: verdict.reason }),
    next: first + arrival.messages.length,
    count: (row?.count ?? 0) + arrival.messages.length,
    seen: { ...row?.seen, [source]: offset },
  })
  const behind = row !== undefined && verdict.reason.code === BEHIND.code
  arrival.messages.forEach((message, index) => {
    tx.documents<ParkedMessage>(DEAD).put(lanePrefix(consumer, lane) + sequence(first + index), {
      consumer,
      key: plain(key),
      lane,
      message: JSON.stringify(message),
      reason: verdict.reason,
      behind: behind || index > 0,
      attempts: verdict.attempts,
      parkedAt: tx.now,
    })
  })
  if (!row) count(tx, consumer, { keys: 1, redrives: 0 })
  return row === undefined
}

// A document takes no lone surrogate and no U+0000.
function plain(key: string | null): string | null {
  return key === null ? null : key.toWellFormed().replaceAll('\u0000', '\uFFFD')
}

/** The reason of messages that did nothing wrong but come after one of their key that did. */
export const BEHIND: Reason = { code: 'Behind', message: 'an earlier message of this key is parked' }

/** Takes the first message of a parked key away, and frees the key when it was the last one. */
export function unpark(tx: Tx, row: ParkedKey, letter: string): void {
  tx.documents(DEAD).delete(letter)
  const rows = tx.documents<ParkedKey>(PARKED)
  const id = rowId(row.consumer, row.lane)
  if (row.count > 1) {
    rows.put(id, { ...withoutWorker(row), count: row.count - 1 })
    return
  }
  rows.delete(id)
  count(tx, row.consumer, { keys: -1, redrives: row.redrive ? -1 : 0 })
}

function withoutWorker(row: ParkedKey): ParkedKey {
  return row.redrive ? { ...row, redrive: { marked: row.redrive.marked, crashes: 0 } } : row
}

/** Adds to the summary, at the flush, so that two keys parked at once do not conflict. */
export function count(tx: Tx, consumer: string, more: ParkedSummary): void {
  tx.documents<ParkedSummary>(PARKED).update(summaryId(consumer), (now) => {
    const keys = (now?.keys ?? 0) + more.keys
    return keys > 0 ? { keys, redrives: (now?.redrives ?? 0) + more.redrives } : undefined
  })
}
