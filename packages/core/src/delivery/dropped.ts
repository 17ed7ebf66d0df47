import type { EventStore, Tx } from '../store/index.ts'
import type { Reason } from './errors.ts'
import { messageOf, type ParkedMessage } from './parking.ts'
import { tenantsOfTarget } from './target.ts'

/** A technical event: a parked message was thrown away. It stands in the stream of the same name. */
export const DEAD_LETTER_DROPPED = 'eventwright.DeadLetterDropped'

/** The largest message, in bytes of its JSON text in JSON, that is kept with the record of its drop. */
const LARGEST_KEPT = 900_000

/** Who throws a message away, and why. */
export interface DropNote {
  readonly by?: string
  readonly why?: string
}

/** What the log keeps of a message that was thrown away. */
export interface DroppedDeadLetter extends DropNote {
  /** The dead letter's id. */
  readonly id: string
  readonly consumer: string
  readonly key: string | null
  readonly topic: string
  readonly messageId: string
  /** The message as it was received, as JSON text; absent where it is too large for an event. */
  readonly message?: string
  /** Why it was parked. */
  readonly reason: Reason
  readonly attempts: number
  /** Milliseconds since 1970, on the app's clock. */
  readonly parkedAt: number
}

/** Records that a message is dropped, in the unit that drops it. */
export async function recordDrop(
  tx: Tx,
  id: string,
  { consumer, key, message, reason, attempts, parkedAt }: ParkedMessage,
  { by, why }: DropNote,
): Promise<void> {
  const { topic, id: messageId } = messageOf({ message })
  const isKept = Buffer.byteLength(JSON.stringify(message)) <= LARGEST_KEPT
  const data: DroppedDeadLetter = {
    id,
    consumer,
    key,
    topic,
    messageId: plain(messageId),
    ...(isKept ? { message } : {}),
    reason,
    attempts,
    parkedAt,
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why }),
  }
  await tx.append(DEAD_LETTER_DROPPED, [{ type: DEAD_LETTER_DROPPED, data }])
}

// An event takes no lone surrogate and no U+0000.
function plain(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}

/** A drop, and when it was: milliseconds since 1970. */
export type Drop = DroppedDeadLetter & { readonly tenant: string; readonly droppedAt: number }

/** Which drops are told. */
export interface DropQuery {
  /** Default all. */
  readonly consumer?: string
  readonly key?: string
  readonly tenant?: string
  /** Most of them; default 100. */
  readonly limit?: number
}

/** The last messages that were dropped, the latest first. */
export async function droppedDeadLetters(
  store: EventStore,
  { limit = 100, ...of }: DropQuery = {},
): Promise<readonly Drop[]> {
  const drops: Drop[] = []
  for (const tenant of await tenantsOfTarget(store, of))
    drops.push(...(await dropsOf(store, tenant, of, limit)))
  return drops.sort((a, b) => b.droppedAt - a.droppedAt).slice(0, limit)
}

const PAGE = 100

async function dropsOf(
  store: EventStore,
  tenant: string,
  { consumer, key }: DropQuery,
  limit: number,
): Promise<readonly Drop[]> {
  const found: Drop[] = []
  for (let to = Number.MAX_SAFE_INTEGER; found.length < limit && to > 0; ) {
    const page = { tenant, direction: 'backward', to, limit: PAGE } as const
    const { events } = await store.read(DEAD_LETTER_DROPPED, page)
    for (const { data, recordedAt } of events) {
      // Only `recordDrop` writes this stream.
      const drop = data as DroppedDeadLetter
      if ((consumer ?? drop.consumer) !== drop.consumer || (key ?? drop.key) !== drop.key) continue
      found.push({ ...drop, tenant, droppedAt: recordedAt })
    }
    to = (events.at(-1)?.version ?? 1) - 1
  }
  return found.slice(0, limit)
}
