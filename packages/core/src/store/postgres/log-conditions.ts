import type { EngineLogQuery } from '../engine.ts'
import { texts } from './array.ts'
import type { Tables } from './tables.ts'

export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** What the name of no schema holds. */
const VALUE = '\0'

/** In `sql` its values stand as `VALUE`. */
interface Part {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/**
 * What a query asks of an event beside its position; the first value is `$first`. What an index finds is found before
 * all else, as an array: however wrong the statistics of a young table are, the log is not gone through for it.
 */
export function conditionsOf(tables: Tables, query: EngineLogQuery, first: number): Condition {
  const parts = [
    streamPart(tables, query),
    given(query.id, (id) => ({
      sql: `e.position = ANY (ARRAY(SELECT position FROM ${tables.events} WHERE id = ${VALUE}))`,
      values: [id],
    })),
    given(query.correlationId, (id) => ({ sql: ofCorrelation(tables), values: [id, id] })),
    given(query.types, (types) => ({ sql: `e.type = ANY (${VALUE}::text[])`, values: [texts(types)] })),
    given(query.tenant, (tenant) => ({ sql: `s.tenant = ${VALUE}`, values: [tenant] })),
    given(query.commandId, (id) => ({ sql: `e.metadata::json ->> 'commandId' = ${VALUE}`, values: [id] })),
    given(query.since, (since) => ({ sql: `e.recorded_at >= ${VALUE}`, values: [since] })),
    given(query.until, (until) => ({ sql: `e.recorded_at <= ${VALUE}`, values: [until] })),
  ].filter((part) => part !== undefined)
  let next = first
  return {
    sql: parts.map(({ sql }) => `AND ${sql.replaceAll(VALUE, () => `$${next++}`)}`).join(' '),
    values: parts.flatMap(({ values }) => values),
  }
}

/** Who begins a conversation may carry no correlation id: its own id is the one that the others carry. */
function ofCorrelation({ events }: Tables): string {
  return `e.position = ANY (ARRAY(
    SELECT position FROM ${events} WHERE correlation = ${VALUE}
    UNION ALL SELECT position FROM ${events} WHERE id = ${VALUE} AND correlation IS NULL))`
}

function streamPart({ streams, events }: Tables, { stream, tenant }: EngineLogQuery): Part | undefined {
  if (stream === undefined) return undefined
  const inTenant = tenant === undefined ? '' : `AND tenant = ${VALUE}`
  return {
    sql: `e.position = ANY (ARRAY(SELECT position FROM ${events} WHERE stream = ANY (ARRAY(
      SELECT key FROM ${streams} WHERE name = ${VALUE} ${inTenant}))))`,
    values: tenant === undefined ? [stream] : [stream, tenant],
  }
}

function given<Value>(value: Value | undefined, part: (value: Value) => Part): Part | undefined {
  return value === undefined ? undefined : part(value)
}
