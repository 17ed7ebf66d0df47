import type { RecordedEvent } from '../../event/index.ts'
import type { EngineLogQuery, EngineLogSlice } from '../engine.ts'
import { eventsIn, IN_PAGE, type Page } from './event-page.ts'
import { type Condition, conditionsOf } from './log-conditions.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

/** An event has at most a megabyte, and a text of JavaScript holds 512 MB. */
const PAGE = 500

/** Asks for the bound first, and then, in other statements, for what stands up to it. */
export async function readLog(
  reader: Reader,
  tables: Tables,
  query: EngineLogQuery,
  bound: () => Promise<number>,
): Promise<EngineLogSlice> {
  const { after, limit, backward } = query
  const before = Math.min(query.before, (await bound()) + 1)
  if (limit === 0 || after + 1 >= before) {
    return { events: [], examined: backward ? before : Math.max(after, limit === 0 ? 0 : before - 1) }
  }
  const events = await logEvents(reader, tables, { ...query, before })
  const last = events.length === limit ? events.at(-1)?.position : undefined
  return { events, examined: last ?? (backward ? after + 1 : before - 1) }
}

/** Page by page: what stands below the bound stays as it is between two of them. */
async function logEvents(
  reader: Reader,
  tables: Tables,
  query: EngineLogQuery,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (let left = query; ; ) {
    const limit = Math.min(PAGE, query.limit - events.length)
    const page = await logPage(reader, tables, { ...left, limit })
    for (const event of page) events.push(event)
    const last = page.at(-1)
    if (last === undefined || page.length < limit || events.length === query.limit) return events
    left = query.backward ? { ...query, before: last.position } : { ...query, after: last.position }
  }
}

async function logPage(
  reader: Reader,
  tables: Tables,
  query: EngineLogQuery,
): Promise<readonly RecordedEvent[]> {
  const { sql, values } = logStatement(tables, query)
  const [page] = await reader.rows<Page>(sql, values)
  return page === undefined ? [] : eventsIn(page)
}

/**
 * The statement that reads a page of a query. It goes along the log and looks up the stream of each event, which no
 * plan may turn around: from the streams of a tenant, each page would read the whole log and sort it.
 */
export function logStatement(tables: Tables, query: EngineLogQuery): Condition {
  const { sql, values } = conditionsOf(tables, query, 4)
  return {
    sql: `SELECT ${IN_PAGE} FROM (
      SELECT e.*, s.tenant, s.name FROM ${tables.events} e CROSS JOIN LATERAL (
        SELECT tenant, name FROM ${tables.streams} WHERE key = e.stream OFFSET 0) s
      WHERE e.position > $1 AND e.position < $2 ${sql}
      ORDER BY e.position ${query.backward ? 'DESC' : ''} LIMIT $3) e`,
    values: [query.after, query.before, query.limit, ...values],
  }
}
