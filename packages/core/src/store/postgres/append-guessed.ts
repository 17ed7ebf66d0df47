import type { Batch, Found, Named, Needs } from '../settle/index.ts'
import { numbers, texts } from './array.ts'
import { nextCommit } from './committing.ts'
import { sqlState } from './database/faults.ts'
import type { PostgresDatabase } from './database.ts'
import { isContended } from './is-contended.ts'
import type { KnownStreams } from './known-streams.ts'
import { eventColumns, insertEvents, type PositionRow, place } from './save-events.ts'
import { announcing, lastPosition } from './settled.ts'
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
 * Appends by one statement, which writes only where the streams are as this process last saw them, and where those that
 * it never saw are not there. False where it is not so, or where more is asked for: then nothing was written, and
 * `settle` has to be asked again.
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
  // A stream that is not written to is not held against the guess, so what was answered of it may be wrong.
  if (batch.streams.size < needs.streams.size) return false
  if (await insert(guessing, { batch, rows, fresh })) {
    known.learn(rows, batch)
    return true
  }
  known.forget(needs)
  if (fresh.length > 0) keys.drop()
  return false
}

function onlyAppends({ streams, ...others }: Needs): boolean {
  return streams.size > 0 && Object.values(others).every(({ size }) => size === 0)
}

interface Guess {
  readonly batch: Batch
  readonly rows: ReadonlyMap<string, StreamRow>
  readonly fresh: readonly Named[]
}

async function insert(guessing: Guessing, { batch, rows, fresh }: Guess): Promise<boolean> {
  const { database, tables, epoch, lockTimeout } = guessing
  const { events } = batch
  const seen = [...rows.values()].filter(({ version }) => version > 0)
  try {
    const names = [
      numbers(fresh.map(({ key }) => rows.get(key)?.key ?? 0)),
      texts(fresh.map(({ tenant }) => tenant)),
      texts(fresh.map(({ name }) => name)),
    ]
    const withNew = fresh.length > 0
    const written = await database.write<PositionRow>(insertWhereSo(tables, lockTimeout, withNew), [
      ...eventColumns(events, rows),
      numbers(seen.map(({ key }) => key)),
      numbers(seen.map(({ version }) => version)),
      epoch,
      ...(withNew ? names : []),
    ])
    place(events, written)
    return written.length > 0
  } catch (error) {
    if (isContended(sqlState(error))) return false
    throw error
  }
}

/**
 * Each part gives its row to the next one, so they come in this order: the check, the bound, the positions. In another
 * epoch (the tail of the log was lost, or the log was made anew) the key of a stream may be that of another one.
 */
function insertWhereSo(tables: Tables, lockTimeout: number, withNew: boolean): string {
  return `WITH so AS MATERIALIZED (
      SELECT set_config('lock_timeout', '${lockTimeout}', true) WHERE NOT EXISTS (
        SELECT FROM unnest($10::bigint[], $11::bigint[]) AS g (stream, version) WHERE (
          SELECT e.position FROM ${tables.events} e WHERE e.stream = g.stream AND e.version = g.version) IS NULL
      ) AND (SELECT epoch FROM ${tables.log}) = $12 ${withNew ? andNoneIsThere(tables) : ''}
    ), counted AS MATERIALIZED (
      SELECT ${announcing(tables)} AS bound, ${nextCommit(tables)} FROM so, ${lastPosition(tables)} s
    ) ${withNew ? makeStreams(tables) : ''}
    ${insertEvents(tables, 'counted,')}`
}

function andNoneIsThere({ streams }: Tables): string {
  return `AND NOT EXISTS (
    SELECT FROM unnest($14::text[], $15::text[]) AS f (tenant, name) WHERE (
      SELECT s.key FROM ${streams} s WHERE s.name = f.name AND s.tenant = f.tenant) IS NOT NULL)`
}

function makeStreams({ streams }: Tables): string {
  return `, made AS (
    INSERT INTO ${streams} (key, tenant, name)
    SELECT f.* FROM counted, unnest($13::bigint[], $14::text[], $15::text[]) AS f)`
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
