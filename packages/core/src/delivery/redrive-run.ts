import type { EventStore, Tx } from '../store/index.ts'
import { NewerVersion, type Reason, reasonOf } from './errors.ts'
import { lanePrefix, rowId } from './lane.ts'
import { type ConsumerOptions, inboxMessage, type Parsed } from './message.ts'
import { count, DEAD, messageOf, PARKED, type ParkedKey, type ParkedMessage, unpark } from './parking.ts'
import type { ProcessSpans } from './process-spans.ts'
import { noticing, readValue } from './unit.ts'

/** A parked key that is marked, and whose turn it is. */
export interface MarkedKey {
  readonly tenant: string
  readonly row: ParkedKey
}

export interface RedriveContext<Value> {
  readonly store: EventStore
  readonly options: ConsumerOptions<Value>
  readonly worker: string
  readonly spans: ProcessSpans
  readonly fence: { readonly name: string; readonly token: number }
}

async function marked(tx: Tx, { row }: MarkedKey): Promise<ParkedKey | undefined> {
  const found = await tx.documents<ParkedKey>(PARKED).get(rowId(row.consumer, row.lane))
  return found?.redrive ? found : undefined
}

/**
 * Says, durably, that this worker runs the key's first message now. Gives how often a worker ended while
 * it did, `undefined` when the key is marked no more.
 */
export async function beginRedrive<Value>(
  { store, worker, fence }: RedriveContext<Value>,
  key: MarkedKey,
): Promise<number | undefined> {
  return store.transaction(
    async (tx) => {
      tx.fence(fence.name, fence.token)
      const row = await marked(tx, key)
      if (!row?.redrive) return undefined
      const ended = row.redrive.worker !== undefined && row.redrive.worker !== worker
      const crashes = row.redrive.crashes + (ended ? 1 : 0)
      const redrive = { marked: row.redrive.marked, worker, crashes }
      tx.documents<ParkedKey>(PARKED).put(rowId(row.consumer, row.lane), { ...row, redrive })
      return crashes
    },
    { tenant: key.tenant },
  )
}

/** Runs a key's first message, without asking the inbox; frees the key in the same unit when it was the last. False when there was none. */
export async function redriveFirst<Value>(context: RedriveContext<Value>, key: MarkedKey): Promise<boolean> {
  const { store, tenant } = { store: context.store, tenant: key.tenant }
  return store.transaction(
    async (tx) => {
      tx.fence(context.fence.name, context.fence.token)
      const row = await marked(tx, key)
      if (!row) return false
      const letters = tx.documents<ParkedMessage>(DEAD)
      const [first] = await letters.list({ prefix: lanePrefix(row.consumer, row.lane), limit: 1 })
      if (!first) return false
      await handle(tx, context, first.value)
      unpark(tx, row, first.id)
      return true
    },
    { tenant },
  )
}

/** An append of the handler was in the log already, so its unit writes nothing: the message is done. */
class AlreadyDone extends Error {}

async function handle<Value>(
  tx: Tx,
  { options, spans }: RedriveContext<Value>,
  letter: ParkedMessage,
): Promise<void> {
  const message = messageOf(letter)
  const parsed: Parsed<Value> = options.parse(message)
  if (parsed.kind === 'newer') throw new NewerVersion(`${parsed.what} is newer than this process knows`)
  if (parsed.kind === 'pass') return
  const known = inboxMessage(message, parsed.origin, options, tx.now)
  // The mark was raised when it was parked; a message that could not be read then has one only by id.
  if (known) await tx.inbox.accept(options.group, known)
  let duplicate = false
  const watched = noticing(tx, () => {
    duplicate = true
  })
  const { tenant } = parsed
  const value = readValue(parsed.read)
  await spans.message({ message, parsed, redriven: true }, async () =>
    options.handle({ value, message, tenant, attempt: letter.attempts + 1, redriven: true }, watched),
  )
  if (duplicate) throw new AlreadyDone()
}

/** Takes a key's first message away without running it: its effects are in the log. */
export async function forgetFirst<Value>(context: RedriveContext<Value>, key: MarkedKey): Promise<void> {
  await context.store.transaction(
    async (tx) => {
      tx.fence(context.fence.name, context.fence.token)
      const row = await marked(tx, key)
      if (!row) return
      const prefix = lanePrefix(row.consumer, row.lane)
      const [first] = await tx.documents<ParkedMessage>(DEAD).list({ prefix, limit: 1 })
      if (first) unpark(tx, row, first.id)
    },
    { tenant: key.tenant },
  )
}

/** True where the error says that the message's effects are in the log already. */
export function isAlreadyDone(error: unknown): boolean {
  return error instanceof AlreadyDone
}

/** The redrive failed: the key is parked as before, its first message with the new reason. */
export async function endRedrive<Value>(
  { store, fence }: RedriveContext<Value>,
  key: MarkedKey,
  error: unknown,
): Promise<void> {
  const reason: Reason = reasonOf(error)
  await store.transaction(
    async (tx) => {
      tx.fence(fence.name, fence.token)
      const row = await marked(tx, key)
      if (!row) return
      const letters = tx.documents<ParkedMessage>(DEAD)
      const [first] = await letters.list({ prefix: lanePrefix(row.consumer, row.lane), limit: 1 })
      if (first) letters.put(first.id, { ...first.value, reason, attempts: first.value.attempts + 1 })
      const { redrive: _, ...parked } = row
      tx.documents<ParkedKey>(PARKED).put(rowId(row.consumer, row.lane), { ...parked, reason })
      count(tx, row.consumer, { keys: 0, redrives: -1 })
    },
    { tenant: key.tenant },
  )
}
