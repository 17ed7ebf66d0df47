import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EngineLogQuery, EngineLogSlice } from '../engine.ts'
import { recorded, type StoredEvent } from '../stored.ts'
import type { SqliteConnection } from './connection.ts'
import { EVENT, type EventRow, eventOf } from './event-row.ts'
import type { SqliteFile } from './file.ts'
import { LIMIT } from './limit.ts'
import { type Condition, conditionsOf } from './log-conditions.ts'
import { lastPosition } from './rows.ts'

/** Positions between two others, both excluded. */
interface Range {
  readonly after: number
  readonly before: number
}

interface Step {
  readonly events: readonly StoredEvent[]
  /** What is left to look at. */
  readonly left: Range
  readonly done: boolean
}

/** Positions looked at in one go where no index serves: between, other work of the process has its turn. */
const WINDOW = 20_000

/** What is asked for may stand far apart, so the log is gone through in windows until the limit or the end is met. */
export async function readLog(file: SqliteFile, query: EngineLogQuery): Promise<EngineLogSlice> {
  const events: StoredEvent[] = []
  let left: Range = query
  for (;;) {
    const limit = query.limit - events.length
    const from = left
    const step = await file.read((db) => readWindow(db, query, from, limit))
    // Not as arguments of one call: an index may find more than a call takes.
    for (const event of step.events) events.push(event)
    left = step.left
    if (step.done)
      return { events: events.map(recorded), examined: query.backward ? left.before : left.after }
    await nextTurn()
  }
}

function readWindow(db: SqliteConnection, query: EngineLogQuery, left: Range, limit: number): Step {
  const range = { after: left.after, before: Math.min(left.before, lastPosition(db) + 1) }
  if (limit === 0 || range.after + 1 >= range.before) {
    return { events: [], left: query.backward ? range : left, done: true }
  }
  const window = windowOf(query, range)
  const events = logEvents(db, query, window, limit)
  const last = events.length === limit ? events.at(-1)?.position : undefined
  const next = query.backward
    ? { after: range.after, before: last ?? window.after + 1 }
    : { after: last ?? window.before - 1, before: range.before }
  const done = last !== undefined || next.after + 1 >= next.before
  // Forward the log may have grown by the next window.
  return { events, left: query.backward ? next : { ...next, before: left.before }, done }
}

/** A query that an index serves looks at all of it in one go. */
function windowOf({ backward, stream, correlationId, id }: EngineLogQuery, { after, before }: Range): Range {
  if ([stream, correlationId, id].some((given) => given !== undefined)) return { after, before }
  return backward
    ? { after: Math.max(after, before - WINDOW - 1), before }
    : { after, before: Math.min(before, after + WINDOW + 1) }
}

function logEvents(
  db: SqliteConnection,
  query: EngineLogQuery,
  window: Range,
  limit: number,
): readonly StoredEvent[] {
  const { sql, values } = logStatement(query)
  return db.rows<EventRow>(sql, window.after, window.before, ...values, limit).map(eventOf)
}

/** Its values go between those of the window and the limit. */
export function logStatement(query: EngineLogQuery): Condition {
  const { sql, values } = conditionsOf(query)
  return {
    sql: `SELECT ${EVENT} FROM eventwright_events e CROSS JOIN eventwright_streams s ON s.key = e.stream
      WHERE e.position > ? AND e.position < ? ${sql} ORDER BY e.position ${query.backward ? 'DESC' : ''} ${LIMIT}`,
    values,
  }
}
