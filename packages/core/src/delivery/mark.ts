import type { EventStore } from '../store/index.ts'
import { rowId } from './lane.ts'
import { count, PARKED, type ParkedKey } from './parking.ts'
import { type DeadLetterTarget, namedRows, type ParkedRow } from './target.ts'

/** Keys that are marked at a time, so that they share commits. */
const AT_ONCE = 100

/**
 * Marks keys to be redriven: the consumer's own processes then run their parked messages in order. Gives
 * the number of keys that are marked now. @throws NotParked where a key or id was named that is not parked
 */
export async function redrive(store: EventStore, target: DeadLetterTarget = {}): Promise<number> {
  const rows = [...(await namedRows(store, target))]
  let keys = 0
  while (rows.length > 0) {
    const marked = await Promise.all(rows.splice(0, AT_ONCE).map((row) => mark(store, row)))
    keys += marked.filter(Boolean).length
  }
  return keys
}

/** False where the key is free by now. */
async function mark(store: EventStore, { tenant, row: { consumer, lane } }: ParkedRow): Promise<boolean> {
  return store.transaction(
    async (tx) => {
      const rows = tx.documents<ParkedKey>(PARKED)
      const row = await rows.get(rowId(consumer, lane))
      if (!row) return false
      if (row.redrive) return true
      rows.put(rowId(consumer, lane), { ...row, redrive: { marked: tx.now, crashes: 0 } })
      count(tx, consumer, { keys: 0, redrives: 1 })
      return true
    },
    { tenant },
  )
}
