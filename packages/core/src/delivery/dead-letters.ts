import type { Message } from '../broker/index.ts'
import type { EventStore } from '../store/index.ts'
import type { Reason } from './errors.ts'
import { lanePrefix, part, rowId } from './lane.ts'
import { DEAD, messageOf, PARKED, type ParkedKey, type ParkedMessage } from './parking.ts'
import { type DeadLetterTarget, parkedRows, tenantsOfTarget } from './target.ts'

/** A message that could not be handled, or came after one of its key that could not. */
export interface DeadLetter {
  /** Sorts by consumer, key and order of arrival. Never given twice. */
  readonly id: string
  readonly consumer: string
  readonly tenant: string
  readonly key: string | null
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of the relay's dead letters the value is empty: `offset` is the event's position in the log. */
  readonly message: Message
  readonly reason: Reason
  /** True when it did nothing wrong but waits behind one of its key that is parked. */
  readonly behind: boolean
  readonly attempts: number
  /** Milliseconds since 1970, on the app's clock. */
  readonly parkedAt: number
  /** Since when its key is marked to be redriven, if it is; on the app's clock. */
  readonly redriveSince?: number
}

export interface DeadLetterQuery extends DeadLetterTarget {
  /** Most of them; default 1000. */
  readonly limit?: number
}

const LIMIT = 1000

/** What is parked, by consumer, key and order of arrival, tenant by tenant. With `id`, all of that one's key. */
export async function deadLetters(
  store: EventStore,
  query: DeadLetterQuery = {},
): Promise<readonly DeadLetter[]> {
  const limit = query.limit ?? LIMIT
  const found: Unmarked[] = []
  for (const { tenant, prefix } of await rangesOf(store, query)) {
    if (found.length >= limit) break
    const letters = store.documents<ParkedMessage>(DEAD, { tenant })
    const page = await letters.list({ prefix, limit: limit - found.length })
    found.push(...page.map(({ id, value }) => letterOf(id, tenant, value)))
  }
  return withMarks(store, found)
}

/** One dead letter with its payload. */
export async function deadLetter(
  store: EventStore,
  id: string,
  options: { readonly tenant?: string } = {},
): Promise<DeadLetter | undefined> {
  for (const tenant of await tenantsOfTarget(store, options)) {
    const value = await store.documents<ParkedMessage>(DEAD, { tenant }).get(id)
    if (value) return (await withMarks(store, [letterOf(id, tenant, value)]))[0]
  }
  return undefined
}

/** How much is parked. */
export async function countDeadLetters(
  store: EventStore,
  target: DeadLetterTarget = {},
): Promise<{ readonly letters: number; readonly keys: number }> {
  const rows = await parkedRows(store, target)
  return { letters: rows.reduce((sum, { row }) => sum + row.count, 0), keys: rows.length }
}

interface Range {
  readonly tenant: string
  readonly prefix: string
}

async function rangesOf(store: EventStore, query: DeadLetterQuery): Promise<readonly Range[]> {
  const { consumer, key, id } = query
  if (key === undefined && id === undefined) {
    const prefix = consumer === undefined ? '' : `${part(consumer)}/`
    return (await tenantsOfTarget(store, query)).map((tenant) => ({ tenant, prefix }))
  }
  const rows = await parkedRows(store, query)
  return rows.map(({ tenant, row }) => ({ tenant, prefix: lanePrefix(row.consumer, row.lane) }))
}

type Unmarked = DeadLetter & { readonly lane: string }

function letterOf(id: string, tenant: string, value: ParkedMessage): Unmarked {
  const { consumer, key, lane, reason, behind, attempts, parkedAt } = value
  const { topic, partition, offset, publishedAt: _, ...message } = messageOf(value)
  const place = { id, consumer, tenant, key, lane, topic, partition, offset }
  return { ...place, message, reason, behind, attempts, parkedAt }
}

/** The mark stands with the key, not with its messages. */
async function withMarks(store: EventStore, letters: readonly Unmarked[]): Promise<readonly DeadLetter[]> {
  const marks = new Map<string, Promise<number | undefined>>()
  const markOf = ({ tenant, consumer, lane }: Unmarked): Promise<number | undefined> => {
    const id = rowId(consumer, lane)
    const name = `${part(tenant)}/${id}`
    const known = marks.get(name) ?? sinceOf(store, tenant, id)
    marks.set(name, known)
    return known
  }
  return Promise.all(
    letters.map(async (letter) => {
      const redriveSince = await markOf(letter)
      const { lane: _, ...told } = letter
      return redriveSince === undefined ? told : { ...told, redriveSince }
    }),
  )
}

async function sinceOf(store: EventStore, tenant: string, id: string): Promise<number | undefined> {
  return (await store.documents<ParkedKey>(PARKED, { tenant }).get(id))?.redrive?.marked
}
