import type { Batch } from '../settle/index.ts'
import { jsonLines, lines, texts } from './array.ts'
import type { PostgresSession } from './database.ts'
import type { Tables } from './tables.ts'

export async function saveDocuments(
  session: PostgresSession,
  { documents, revisions }: Tables,
  batch: Batch,
): Promise<void> {
  const all = [...batch.documents.values()]
  const gone = all.filter(({ document }) => document === undefined)
  const put = all.flatMap(({ document, ...place }) =>
    document === undefined ? [] : [{ ...place, document }],
  )
  const names = (list: readonly (typeof all)[number][]): readonly string[] => [
    texts(list.map(({ tenant }) => tenant)),
    texts(list.map(({ name }) => name)),
    texts(list.map(({ second }) => second)),
  ]
  const writes: Promise<unknown>[] = []
  if (gone.length > 0) {
    const sql = `DELETE FROM ${documents} WHERE ctid = ANY (ARRAY(
      SELECT d.ctid FROM unnest($1::text[], $2::text[], $3::text[]) AS n (tenant, collection, id) CROSS JOIN LATERAL (
        SELECT ctid FROM ${documents} WHERE collection = n.collection AND tenant = n.tenant AND id = n.id OFFSET 0) d))`
    writes.push(session.rows(sql, names(gone)))
  }
  if (put.length > 0) {
    const sql = `INSERT INTO ${documents} (revision, tenant, collection, id, value)
      SELECT nextval('${revisions.replaceAll("'", "''")}'), n.* FROM unnest($1::text[], $2::text[], $3::text[], ${lines('$4')}) AS n
      ON CONFLICT (collection, tenant, id) DO UPDATE SET revision = excluded.revision, value = excluded.value`
    writes.push(session.rows(sql, [...names(put), jsonLines(put.map(({ document }) => document.value))]))
  }
  await Promise.all(writes)
}
