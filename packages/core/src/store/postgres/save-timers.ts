import type { Batch } from '../settle/index.ts'
import { jsonLines, lines, numbers, texts } from './array.ts'
import type { PostgresSession } from './database.ts'
import type { Tables } from './tables.ts'

export async function saveTimers(
  session: PostgresSession,
  { timers, revisions }: Tables,
  batch: Batch,
): Promise<void> {
  const all = [...batch.timers.values()]
  const gone = all.filter(({ timer }) => timer === undefined)
  const put = all.flatMap(({ timer, ...place }) => (timer === undefined ? [] : [{ ...place, timer }]))
  const names = (list: readonly (typeof all)[number][]): readonly string[] => [
    texts(list.map(({ tenant }) => tenant)),
    texts(list.map(({ name }) => name)),
    texts(list.map(({ second }) => second)),
  ]
  const writes: Promise<unknown>[] = []
  if (gone.length > 0) {
    const sql = `DELETE FROM ${timers} WHERE ctid = ANY (ARRAY(
      SELECT t.ctid FROM unnest($1::text[], $2::text[], $3::text[]) AS n (tenant, owner, id) CROSS JOIN LATERAL (
        SELECT ctid FROM ${timers} WHERE owner = n.owner AND tenant = n.tenant AND id = n.id OFFSET 0) t))`
    writes.push(session.rows(sql, names(gone)))
  }
  if (put.length > 0) {
    const sql = `INSERT INTO ${timers} (revision, tenant, owner, id, due, data)
      SELECT nextval('${revisions.replaceAll("'", "''")}'), n.*
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], ${lines('$5')}) AS n
      ON CONFLICT (id, owner, tenant) DO UPDATE
        SET due = excluded.due, revision = excluded.revision, data = excluded.data`
    const due = numbers(put.map(({ timer }) => timer.due))
    writes.push(session.rows(sql, [...names(put), due, jsonLines(put.map(({ timer }) => timer.data))]))
  }
  await Promise.all(writes)
}
