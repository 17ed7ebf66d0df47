import { type Ahead, type EventStore, lookAhead, type Tx } from '../store/index.ts'
import type { Attempt, Attempts } from './attempts.ts'
import { arrivalOf, type Entry, tenantOf } from './entry.ts'
import { Unprocessable } from './errors.ts'
import { summaryId } from './lane.ts'
import { type ConsumerOptions, inboxMessage } from './message.ts'
import { BEHIND, isParked, PARKED, type ParkedSummary, park, type Verdict } from './parking.ts'
import type { ProcessSpans } from './process-spans.ts'
import type { Tenants } from './tenants.ts'

/** What the units of work of one partition need. */
export interface UnitContext<Value> {
  readonly store: EventStore
  readonly tenants: Tenants
  readonly options: ConsumerOptions<Value>
  /** The name of the fence, and the token of this owner. */
  readonly fence: { readonly name: string; readonly token: number }
  readonly attempts: Attempts
  readonly spans: ProcessSpans
  /** That these are attempted is recorded: nothing is handled before. */
  readonly begun: Promise<void>
  /** Offsets that still run after these. */
  readonly left: readonly number[]
}

/** An append of the handler was in the log already: in a batch that would undo its neighbours. */
export class DuplicateInBatch extends Error {}

/**
 * Handles messages of one tenant in one unit of work: accepted, handled and no longer attempted, all or
 * nothing. What belongs to a parked key goes behind it.
 */
export async function handleTogether<Value>(
  context: UnitContext<Value>,
  entries: readonly Entry<Value>[],
): Promise<void> {
  const [first] = entries
  if (!first) return
  const { spans } = context
  if (entries.length === 1) return spans.message(first, () => handleUnit(context, entries, tenantOf(first)))
  return spans.batch(entries, () => handleUnit(context, entries, tenantOf(first)))
}

async function handleUnit<Value>(
  context: UnitContext<Value>,
  entries: readonly Entry<Value>[],
  tenant: string,
): Promise<void> {
  const together = entries.length > 1
  const duplicate = await context.store.transaction(
    async (tx) => {
      let found = false
      const watched = noticing(tx, () => {
        found = true
      })
      await run(tx, context, entries, watched)
      if (found && together) throw new DuplicateInBatch()
      return found
    },
    { tenant },
  )
  // A unit whose append was a duplicate wrote nothing: not even that the message was accepted.
  if (duplicate) await accepted(context, entries, tenant)
  if (tenant !== '') await clearAttempts(context, entries)
}

async function run<Value>(
  tx: Tx,
  context: UnitContext<Value>,
  entries: readonly Entry<Value>[],
  handlerTx: Tx,
): Promise<void> {
  const { options, fence, attempts } = context
  tx.fence(fence.name, fence.token)
  const values = new Map(entries.map((entry) => [entry, reading(entry)]))
  const looks = lookAhead(tx, () => [...values.values()].flatMap((value) => aheadOf(tx, options, value)))
  // What is near is read when it is needed: read early, it would only be older.
  if (!looks) await context.begun
  // All at once: an engine looks many up as quickly as one. They are decided in their order.
  const [parked, ...fresh] = await Promise.all([
    tx.documents<ParkedSummary>(PARKED).get(summaryId(options.group)),
    ...entries.map((entry) => isNew(tx, context, entry)),
  ])
  await context.begun
  const anyParked = parked !== undefined
  for (const entry of entries.filter((_, at) => fresh[at])) {
    if (anyParked && (await isParked(tx, options.group, entry.lane))) {
      await park(tx, arrivalOf(entry, options.group), { reason: BEHIND, attempts: 0 })
      continue
    }
    const handled = (): Promise<void> => handle(handlerTx, options, entry, values.get(entry))
    // Alone it has the whole unit for its span.
    await (entries.length === 1 ? handled() : context.spans.message(entry, handled))
  }
  if (tx.tenant === '') attempts.end(tx, attempted(entries), context.left)
}

async function handle<Value>(
  tx: Tx,
  options: ConsumerOptions<Value>,
  { parsed, message, attempt }: Entry<Value>,
  value: Reading<Value>,
): Promise<void> {
  if (parsed.kind !== 'message' || value === undefined) return
  const delivered = {
    value: value(),
    message,
    tenant: parsed.tenant,
    attempt: (attempt?.failures ?? 0) + 1,
    redriven: false,
  }
  await options.handle(delivered, tx)
}

type Reading<Value> = (() => Value) | undefined

/** What a message holds, read once in a run. */
function reading<Value>({ parsed }: Entry<Value>): Reading<Value> {
  if (parsed.kind !== 'message') return undefined
  let known: { readonly value: Value } | undefined
  return () => {
    known ??= { value: readValue(parsed.read) }
    return known.value
  }
}

/** What cannot be read fails when it is handled. */
function aheadOf<Value>(tx: Tx, options: ConsumerOptions<Value>, value: Reading<Value>): readonly Ahead[] {
  try {
    return value === undefined || options.ahead === undefined ? [] : [options.ahead(value(), tx)]
  } catch {
    return []
  }
}

/** What a message holds. @throws Unprocessable whatever reading it throws */
export function readValue<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unprocessable) throw error
    throw new Unprocessable(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Asks the inbox, and leaves the mark. */
async function isNew<Value>(tx: Tx, { options }: UnitContext<Value>, entry: Entry<Value>): Promise<boolean> {
  const { parsed, message } = entry
  if (parsed.kind === 'pass' || parsed.kind === 'newer') return false
  const origin = parsed.kind === 'message' ? parsed.origin : undefined
  const known = inboxMessage(message, origin, options, tx.now)
  return known === undefined || tx.inbox.accept(options.group, known)
}

/** Parks a message with its key, and raises the inbox's mark. True when the key was not parked before. */
export async function parkMessage<Value>(
  context: UnitContext<Value>,
  entry: Entry<Value>,
  verdict: Verdict,
): Promise<boolean> {
  const { store, tenants, options, fence, attempts } = context
  const tenant = tenantOf(entry)
  await tenants.remember(tenant)
  const first = await store.transaction(
    async (tx) => {
      tx.fence(fence.name, fence.token)
      if (!(await isNew(tx, context, entry))) return false
      if (tenant === '') attempts.end(tx, attempted([entry]), context.left)
      return park(tx, arrivalOf(entry, options.group), verdict)
    },
    { tenant },
  )
  if (tenant !== '') await clearAttempts(context, [entry])
  return first
}

async function accepted<Value>(
  context: UnitContext<Value>,
  entries: readonly Entry<Value>[],
  tenant: string,
): Promise<void> {
  const { store, fence, attempts, left } = context
  await store.transaction(
    async (tx) => {
      tx.fence(fence.name, fence.token)
      for (const entry of entries) await isNew(tx, context, entry)
      if (tenant === '') attempts.end(tx, attempted(entries), left)
    },
    { tenant },
  )
}

/** Records of attempts are the default tenant's; for another one they are cleared after the effects. */
export async function clearAttempts<Value>(
  { store, fence, attempts, left }: UnitContext<Value>,
  entries: readonly Entry<Value>[],
): Promise<void> {
  await store.transaction((tx) => {
    tx.fence(fence.name, fence.token)
    attempts.end(tx, attempted(entries), left)
  })
}

/** Records that a message failed and when it is tried again. */
export async function keepAttempt<Value>(
  { store, fence, attempts, left }: UnitContext<Value>,
  attempt: Attempt,
): Promise<void> {
  await store.transaction((tx) => {
    tx.fence(fence.name, fence.token)
    attempts.end(tx, [], left)
    attempts.keep(tx, attempt)
  })
}

function attempted(entries: readonly Entry<unknown>[]): number[] {
  return entries.flatMap(({ attempt }) => (attempt ? [attempt.offset] : []))
}

/** The tx as handlers get it: what they append is watched. */
export function noticing(tx: Tx, onDuplicate: () => void): Tx {
  return {
    tenant: tx.tenant,
    now: tx.now,
    log: tx.log,
    async append(stream, events, options) {
      const result = await tx.append(stream, events, options)
      if (result.duplicate) onDuplicate()
      return result
    },
    read: (stream, options) => tx.read(stream, options),
    inbox: tx.inbox,
    checkpoint: tx.checkpoint,
    timers: tx.timers,
    commands: tx.commands,
    outbox: tx.outbox,
    documents: (collection) => tx.documents(collection),
    fence: (name, token) => tx.fence(name, token),
  }
}
