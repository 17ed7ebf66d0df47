import type { EngineLogQuery, EngineLogSlice } from '../engine.ts'
import type { StoredEvent } from '../stored.ts'
import { EVENT } from './event-row.ts'
import { type Condition, conditionsOf } from './log-conditions.ts'
import type { Reader } from './look-up.ts'
import { settled } from './settled.ts'
import type { Tables } from './tables.ts'

/** Asks for the bound first, and then, in another statement, for what stands up to it. */
export async function readLog(
  reader: Reader,
  url: string,
  tables: Tables,
  query: EngineLogQuery,
): Promise<EngineLogSlice> {
  const { after, limit, backward } = query
  const before = Math.min(query.before, (await settled(reader, url, tables)) + 1)
  if (limit === 0 || after + 1 >= before) {
    return { events: [], examined: backward ? before : Math.max(after, limit === 0 ? 0 : before - 1) }
  }
  const events = await logEvents(reader, tables, { ...query, before })
  const last = events.length === limit ? events.at(-1)?.position : undefined
  return { events, examined: last ?? (backward ? after + 1 : before - 1) }
}

function logEvents(reader: Reader, tables: Tables, query: EngineLogQuery): Promise<readonly StoredEvent[]> {
  const { sql, values } = logStatement(tables, query)
  return reader.rows(sql, values)
}

/** The statement that reads the rows of a query. */
export function logStatement(tables: Tables, query: EngineLogQuery): Condition {
  const { sql, values } = conditionsOf(tables, query, 4)
  return {
    sql: `SELECT ${EVENT} FROM ${tables.events} e JOIN ${tables.streams} s ON s.key = e.stream
     WHERE e.position > $1 AND e.position < $2 ${sql} ORDER BY e.position ${query.backward ? 'DESC' : ''} LIMIT $3`,
    values: [query.after, query.before, query.limit, ...values],
  }
}
