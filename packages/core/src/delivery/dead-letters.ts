import type { Message } from '../broker/index.ts'
import type { EventStore, Tx } from '../store/index.ts'
import { NotParked, type Reason } from './errors.ts'
import { laneOf, lanePrefix, part, rowId } from './lane.ts'
import { parkedKeys } from './marked.ts'
import { count, DEAD, messageOf, PARKED, type ParkedKey, type ParkedMessage, unpark } from './parking.ts'
import { parkedTenants } from './tenants.ts'

/** A message that could not be handled, or came after one of its key that could not. */
export interface DeadLetter {
  /** Sorts by consumer, key and order of arrival. */
  readonly id: string
  readonly consumer: string
  readonly tenant: string
  readonly key: string | null
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly message: Message
  readonly reason: Reason
  /** True when it did nothing wrong but waits behind one of its key that is parked. */
  readonly behind: boolean
  readonly attempts: number
  /** Milliseconds since 1970, on the app's clock. */
  readonly parkedAt: number
}

export interface DeadLetterQuery {
  /** Default all. */
  readonly consumer?: string
  /** Only this key; needs `consumer`. */
  readonly key?: string
  /** Default all. */
  readonly tenant?: string
  /** Most of them; default 1000. */
  readonly limit?: number
}

/** Names what is redriven or dropped: one key, one dead letter (with its key), or all of a consumer. */
export interface DeadLetterTarget {
  readonly consumer: string
  readonly key?: string
  /** A dead letter's id. */
  readonly id?: string
  /** Default all. */
  readonly tenant?: string
}

const LIMIT = 1000

/** What is parked, by consumer, key and order of arrival, tenant by tenant. */
export async function deadLetters(
  store: EventStore,
  query: DeadLetterQuery = {},
): Promise<readonly DeadLetter[]> {
  const limit = query.limit ?? LIMIT
  const found: DeadLetter[] = []
  for (const tenant of await tenantsOfTarget(store, query.tenant)) {
    if (found.length >= limit) break
    const page = await store
      .documents<ParkedMessage>(DEAD, { tenant })
      .list({ prefix: prefixOf(query), limit: limit - found.length })
    found.push(...page.map(({ id, value }) => letterOf(id, tenant, value)))
  }
  return found
}

/** One dead letter with its payload. */
export async function deadLetter(
  store: EventStore,
  id: string,
  options: { readonly tenant?: string } = {},
): Promise<DeadLetter | undefined> {
  for (const tenant of await tenantsOfTarget(store, options.tenant)) {
    const value = await store.documents<ParkedMessage>(DEAD, { tenant }).get(id)
    if (value) return letterOf(id, tenant, value)
  }
  return undefined
}

/**
 * Marks keys to be redriven: the consumer's own processes then run their parked messages in order. Gives
 * the number of keys that are marked now. @throws NotParked where a key or id was named that is not parked
 */
export async function redrive(store: EventStore, target: DeadLetterTarget): Promise<number> {
  return forEachKey(store, target, async (tx, row) => {
    if (row.redrive) return () => {}
    const marked = { ...row, redrive: { marked: tx.now, crashes: 0 } }
    tx.documents<ParkedKey>(PARKED).put(rowId(row.consumer, row.lane), marked)
    count(tx, row.consumer, { keys: 0, redrives: 1 })
    return () => {}
  })
}

/**
 * Throws parked messages away: one by its id, or all of a key or consumer. A key is freed with its last
 * message. Gives the number of messages dropped. @throws NotParked
 */
export async function dropDeadLetters(store: EventStore, target: DeadLetterTarget): Promise<number> {
  let dropped = 0
  await forEachKey(store, target, async (tx, row) => {
    const letters = tx.documents<ParkedMessage>(DEAD)
    const stored = await letters.list({ prefix: lanePrefix(row.consumer, row.lane), limit: row.count })
    const ids = stored.map(({ id }) => id).filter((id) => target.id === undefined || id === target.id)
    let left: ParkedKey = row
    for (const id of ids) {
      unpark(tx, left, id)
      left = { ...left, count: left.count - 1 }
    }
    // Only the last run of the work counts.
    return () => {
      dropped += ids.length
    }
  })
  return dropped
}

/** Gives what is done once the unit has committed. */
type KeyWork = (tx: Tx, row: ParkedKey) => Promise<() => void>

async function forEachKey(store: EventStore, target: DeadLetterTarget, work: KeyWork): Promise<number> {
  let keys = 0
  for (const tenant of await tenantsOfTarget(store, target.tenant)) {
    for (const lane of await lanesOf(store, target, tenant)) {
      const done = await store.transaction(
        async (tx) => {
          const row = await tx.documents<ParkedKey>(PARKED).get(rowId(target.consumer, lane))
          if (!row) return undefined
          return work(tx, row)
        },
        { tenant },
      )
      if (!done) continue
      done()
      keys++
    }
  }
  if (keys === 0 && (target.key !== undefined || target.id !== undefined))
    throw new NotParked(
      target.id === undefined
        ? `parked key "${target.key}" of consumer "${target.consumer}"`
        : `dead letter "${target.id}" of consumer "${target.consumer}"`,
    )
  return keys
}

async function lanesOf(
  store: EventStore,
  { consumer, key, id }: DeadLetterTarget,
  tenant: string,
): Promise<readonly string[]> {
  if (id !== undefined) {
    const value = await store.documents<ParkedMessage>(DEAD, { tenant }).get(id)
    return value && value.consumer === consumer ? [value.lane] : []
  }
  if (key !== undefined) return [laneOf(key, '', 0)]
  return (await parkedKeys(store, consumer, tenant)).map(({ lane }) => lane)
}

async function tenantsOfTarget(store: EventStore, tenant: string | undefined): Promise<readonly string[]> {
  return tenant === undefined ? parkedTenants(store) : [tenant]
}

function prefixOf({ consumer, key }: DeadLetterQuery): string {
  if (consumer === undefined) return ''
  return key === undefined ? `${part(consumer)}/` : lanePrefix(consumer, laneOf(key, '', 0))
}

function letterOf(id: string, tenant: string, value: ParkedMessage): DeadLetter {
  const { consumer, key, reason, behind, attempts, parkedAt } = value
  const { topic, partition, offset, publishedAt: _, ...message } = messageOf(value)
  return { id, consumer, tenant, key, topic, partition, offset, message, reason, behind, attempts, parkedAt }
}
