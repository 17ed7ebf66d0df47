import { type Entry, tenantOf } from './entry.ts'

/**
 * Takes out of the queue the next messages that may run together: of one tenant, none of them special. What may not
 * stays, and the later ones of its key with it. `setAside`: true for one that does not run now.
 */
export function nextBatch<Value>(
  queue: Entry<Value>[],
  most: number,
  setAside: (entry: Entry<Value>) => boolean,
): readonly Entry<Value>[] {
  const batch: Entry<Value>[] = []
  const passed: Entry<Value>[] = []
  const passedLanes = new Set<string>()
  // No further than this: a long queue would be gone through for each batch.
  while (batch.length < most && passed.length < most) {
    const entry = queue.shift()
    if (!entry) break
    const first = batch[0]
    if (passedLanes.has(entry.lane) || (first && !mayJoin(entry, first))) {
      passed.push(entry)
      passedLanes.add(entry.lane)
    } else if (!setAside(entry)) {
      batch.push(entry)
      if (isSpecial(entry)) break
    }
  }
  queue.unshift(...passed)
  return batch
}

/** One that waits for another release is not set aside before what came before it has run. */
function mayJoin(entry: Entry<unknown>, first: Entry<unknown>): boolean {
  if (entry.parsed.kind === 'pass') return true
  return entry.parsed.kind !== 'newer' && !isSpecial(entry) && tenantOf(entry) === tenantOf(first)
}

/** Must run by itself. */
function isSpecial({ parsed, attempt }: Entry<unknown>): boolean {
  return parsed.kind === 'broken' || attempt?.suspect === true || (attempt?.failures ?? 0) > 0
}
