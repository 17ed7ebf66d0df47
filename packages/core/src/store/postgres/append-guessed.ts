import type { Batch, Found, Needs } from '../settle/index.ts'
import { sqlState } from './database/faults.ts'
import type { PostgresDatabase } from './database.ts'
import { type Guess, guessedStatement } from './guessed-statement.ts'
import { isContended } from './is-contended.ts'
import type { KnownStreams } from './known-streams.ts'
import { type PositionRow, place } from './save-events.ts'
import type { StreamKeys } from './stream-keys.ts'
import type { StreamRow } from './streams.ts'
import type { Tables } from './tables.ts'

export interface Guessing {
  readonly database: PostgresDatabase
  readonly tables: Tables
  readonly epoch: string
  readonly known: KnownStreams
  readonly keys: StreamKeys
  readonly lockTimeout: number
}

/**
 * Appends by one statement, with the outcomes of commands: it writes only where the streams are as this process last saw
 * them, and where those that it never saw, and the commands, are not there. False where it is not so, or where more is
 * asked for: then nothing was written, and `settle` has to be asked again.
 */
export async function appendGuessed(
  guessing: Guessing,
  needs: Needs,
  settle: (found: Found) => Batch,
): Promise<boolean> {
  const { known, keys, epoch } = guessing
  if (!onlyAppends(needs)) return false
  const fresh = [...needs.streams.values()].filter(({ key }) => known.get(key) === undefined)
  if (fresh.length > 0 && !known.mayBeNew()) return false
  const freshKeys = fresh.length === 0 ? [] : keys.take(fresh.length)
  if (freshKeys === undefined) return false
  const rows = new Map<string, StreamRow>()
  for (const key of needs.streams.keys()) rows.set(key, known.get(key) ?? { key: 0, version: 0 })
  for (const [index, { key }] of fresh.entries()) rows.set(key, { key: freshKeys[index] ?? 0, version: 0 })
  const batch = settle(foundBy(epoch, rows))
  // What is not written is not held against the guess, so what was answered of it may be wrong.
  if (batch.streams.size < needs.streams.size || batch.commands.size < needs.commands.size) return false
  if (await insert(guessing, { epoch, batch, rows, fresh })) {
    known.learn(rows, batch)
    return true
  }
  known.forget(needs)
  if (fresh.length > 0) keys.drop()
  return false
}

/** What is read is written then, or found to be there by its key. */
function onlyAppends({ streams, commands, ...others }: Needs): boolean {
  return streams.size > 0 && Object.values(others).every(({ size }) => size === 0)
}

async function insert({ database, tables, lockTimeout }: Guessing, guess: Guess): Promise<boolean> {
  const { text, values } = guessedStatement(tables, lockTimeout, guess)
  try {
    const written = await database.write<PositionRow>(text, values)
    place(guess.batch.events, written)
    return written.length > 0
  } catch (error) {
    if (isContended(sqlState(error))) return false
    throw error
  }
}

function foundBy(epoch: string, rows: ReadonlyMap<string, StreamRow>): Found {
  const none = new Map<string, never>()
  return {
    epoch,
    position: 0,
    revision: 0,
    streams: new Map([...rows].map(([key, { version }]) => [key, version])),
    events: none,
    documents: none,
    lists: none,
    inbox: none,
    checkpoints: none,
    commands: new Set(),
    timers: none,
    fences: none,
  }
}
