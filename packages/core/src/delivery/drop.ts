import type { EventStore, Tx } from '../store/index.ts'
import { type DropNote, recordDrop } from './dropped.ts'
import { refuseDropped } from './dropped-command.ts'
import { NotParked } from './errors.ts'
import { lanePrefix, rowId, sequence } from './lane.ts'
import { DEAD, PARKED, type ParkedKey, type ParkedMessage, unpark } from './parking.ts'
import { type DeadLetterTarget, namedRows, nameOf, type ParkedRow } from './target.ts'

/** Most messages that are dropped in one unit of work. */
const CHUNK = 50

/**
 * Throws parked messages away: one by its id, or all that are parked now of a key, a consumer, or altogether. A
 * key is freed with its last message; until then the others stay parked, in order. Each drop is recorded in the log
 * with who asked for it and why (`droppedDeadLetters`), and a command that is dropped counts as refused from then
 * on (`Dropped`), so that a saga that waits for its answer goes on. Gives the number of messages dropped.
 * @throws NotParked where a key or id was named that is not parked
 */
export async function dropDeadLetters(
  store: EventStore,
  target: DeadLetterTarget,
  note: DropNote = {},
): Promise<number> {
  let dropped = 0
  for (const row of await namedRows(store, target)) dropped += await dropOfKey(store, row, target.id, note)
  // Redriven or dropped by someone else since it was looked up.
  if (dropped === 0 && target.id !== undefined) throw new NotParked(nameOf(target))
  return dropped
}

async function dropOfKey(
  store: EventStore,
  { tenant, row }: ParkedRow,
  id: string | undefined,
  note: DropNote,
): Promise<number> {
  const prefix = lanePrefix(row.consumer, row.lane)
  // What arrives from now on was not meant.
  const end = prefix + sequence(row.next)
  let dropped = 0
  for (;;) {
    const more = await store.transaction(
      async (tx) => {
        const now = await tx.documents<ParkedKey>(PARKED).get(rowId(row.consumer, row.lane))
        if (!now) return 0
        const letters = id === undefined ? await firstOf(tx, prefix, end) : await oneOf(tx, id)
        await drop(tx, now, letters, note)
        return letters.length
      },
      { tenant },
    )
    dropped += more
    if (id !== undefined || more < CHUNK) return dropped
  }
}

interface Letter {
  readonly id: string
  readonly value: ParkedMessage
}

async function firstOf(tx: Tx, prefix: string, end: string): Promise<readonly Letter[]> {
  const letters = await tx.documents<ParkedMessage>(DEAD).list({ prefix, limit: CHUNK })
  return letters.filter(({ id }) => id < end)
}

async function oneOf(tx: Tx, id: string): Promise<readonly Letter[]> {
  const value = await tx.documents<ParkedMessage>(DEAD).get(id)
  return value ? [{ id, value }] : []
}

async function drop(tx: Tx, row: ParkedKey, letters: readonly Letter[], note: DropNote): Promise<void> {
  let left = row
  for (const { id, value } of letters) {
    await refuseDropped(tx, value, note)
    await recordDrop(tx, id, value, note)
    unpark(tx, left, id)
    left = { ...left, count: left.count - 1 }
  }
}
