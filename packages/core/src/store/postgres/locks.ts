import { type Needs, named } from '../settle/index.ts'
import { COLLECTION_SLOTS, EPOCH_SLOT, lockSpace, NAME_SLOTS, slotOf } from './advisory.ts'
import { numbers } from './array.ts'
import type { PostgresSession } from './database.ts'
import type { Tables } from './tables.ts'

/**
 * Locks all that a flush looks at beside streams, also what is not there yet, in one order for all: who waits for one
 * holds none behind it.
 */
export function lockNames(
  session: PostgresSession,
  tables: Tables,
  needs: Needs,
): Promise<unknown> | undefined {
  const slots = [...slotsOf(needs)].sort(([a], [b]) => a - b)
  if (slots.length === 0) return undefined
  return session.rows(lockSlots(tables), [
    numbers(slots.map(([slot]) => slot)),
    numbers(slots.map(([, alone]) => (alone ? 1 : 0))),
  ])
}

function lockSlots(tables: Tables): string {
  const space = lockSpace(tables)
  return `SELECT CASE alone WHEN 1 THEN pg_advisory_xact_lock(${space}, slot) ELSE pg_advisory_xact_lock_shared(${space}, slot) END
    FROM unnest($1::int[], $2::int[]) AS l (slot, alone)`
}

/** By slot: true where nobody else may hold it. */
function slotsOf(needs: Needs): ReadonlyMap<number, boolean> {
  const slots = new Map<number, boolean>()
  const { events, documents, inbox, checkpoints, commands, timers, fences } = needs
  for (const kind of [events, documents, inbox, checkpoints, commands, timers, fences]) {
    for (const key of kind.keys()) slots.set(slotOf(key, NAME_SLOTS), true)
  }
  const collection = (tenant: string, name: string): number =>
    NAME_SLOTS + slotOf(named(tenant, name), COLLECTION_SLOTS)
  for (const { tenant, name } of documents.values()) slots.set(collection(tenant, name), false)
  for (const { tenant, name } of needs.lists.values()) slots.set(collection(tenant, name), true)
  if (checkpoints.size > 0) slots.set(EPOCH_SLOT, false)
  return slots
}
