import type { EngineLogQuery } from '../engine.ts'
import type { SqlValue } from './connection.ts'
import { packId } from './id.ts'

/** Letter by letter the expression of the index. */
const CORRELATION = "json_extract(metadata, '$.correlationId')"

/** Who begins a conversation may carry no correlation id: its own id is the one that the others carry. */
const OF_CORRELATION = `e.position IN (
  SELECT position FROM eventwright_events WHERE ${CORRELATION} = ?
  UNION ALL SELECT position FROM eventwright_events WHERE id = ? AND ${CORRELATION} IS NULL)`

const OF_ID = 'e.position IN (SELECT position FROM eventwright_events WHERE id = ?)'

const OF_STREAM = `e.position IN (SELECT position FROM eventwright_events WHERE stream IN
  (SELECT key FROM eventwright_streams WHERE tenant = ? AND name = ?))`

/** From tenant to tenant by the index of streams: there are many more streams than tenants. */
const OF_STREAM_IN_ANY_TENANT = `e.position IN (SELECT position FROM eventwright_events WHERE stream IN (
  WITH RECURSIVE tenants (tenant) AS (
    SELECT min(tenant) FROM eventwright_streams
    UNION ALL
    SELECT (SELECT min(tenant) FROM eventwright_streams WHERE tenant > t.tenant) FROM tenants t
    WHERE t.tenant IS NOT NULL)
  SELECT s.key FROM tenants t CROSS JOIN eventwright_streams s ON s.tenant = t.tenant AND s.name = ?))`

export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** What a query asks of an event beside its position. */
export function conditionsOf(query: EngineLogQuery): Condition {
  const parts = [
    streamCondition(query),
    given(query.id, (id) => ({ sql: OF_ID, values: [packId(id)] })),
    given(query.correlationId, (id) => ({ sql: OF_CORRELATION, values: [id, packId(id)] })),
    given(query.types, (types) => ({
      sql: 'e.type IN (SELECT value FROM json_each(?))',
      values: [JSON.stringify(types)],
    })),
    given(query.tenant, (tenant) => ({ sql: 's.tenant = ?', values: [tenant] })),
    given(query.commandId, (id) => ({ sql: "json_extract(e.metadata, '$.commandId') = ?", values: [id] })),
    given(query.since, (since) => ({ sql: 'e.recorded_at >= ?', values: [since] })),
    given(query.until, (until) => ({ sql: 'e.recorded_at <= ?', values: [until] })),
  ].filter((part) => part !== undefined)
  return {
    sql: parts.map(({ sql }) => `AND ${sql}`).join(' '),
    values: parts.flatMap(({ values }) => values),
  }
}

function given<Value>(
  value: Value | undefined,
  condition: (value: Value) => Condition,
): Condition | undefined {
  return value === undefined ? undefined : condition(value)
}

function streamCondition({ stream, tenant }: EngineLogQuery): Condition | undefined {
  if (stream === undefined) return undefined
  return tenant === undefined
    ? { sql: OF_STREAM_IN_ANY_TENANT, values: [stream] }
    : { sql: OF_STREAM, values: [tenant, stream] }
}
