import type { Batch } from '../settle/index.ts'
import { numbers, texts } from './array.ts'
import type { PostgresSession } from './database.ts'
import type { Tables } from './tables.ts'

export async function saveInbox(session: PostgresSession, tables: Tables, batch: Batch): Promise<void> {
  const ids: [tenant: string, consumer: string, id: string, value: number][] = []
  const marks: [
    tenant: string,
    consumer: string,
    topic: string,
    epoch: string,
    stream: string,
    value: number,
  ][] = []
  for (const { tenant, name, message, value } of batch.inbox.values()) {
    if ('id' in message) ids.push([tenant, name, message.id, value])
    else marks.push([tenant, name, message.topic, message.epoch, message.stream, value])
  }
  const writes: Promise<unknown>[] = []
  if (ids.length > 0) {
    const sql = `INSERT INTO ${tables.ids} (tenant, consumer, id, expires)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
      ON CONFLICT (id, consumer, tenant) DO UPDATE SET expires = excluded.expires`
    writes.push(
      session.rows(sql, [
        texts(ids.map(([tenant]) => tenant)),
        texts(ids.map(([, consumer]) => consumer)),
        texts(ids.map(([, , id]) => id)),
        numbers(ids.map(([, , , value]) => value)),
      ]),
      session.rows(forgetExpired(tables), [batch.now, 2 * ids.length]),
    )
  }
  if (marks.length > 0) {
    const sql = `INSERT INTO ${tables.marks} (tenant, consumer, topic, epoch, stream, version)
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
      ON CONFLICT (stream, consumer, topic, tenant, epoch) DO UPDATE SET version = excluded.version`
    writes.push(
      session.rows(sql, [
        texts(marks.map(([tenant]) => tenant)),
        texts(marks.map(([, consumer]) => consumer)),
        texts(marks.map(([, , topic]) => topic)),
        texts(marks.map(([, , , epoch]) => epoch)),
        texts(marks.map(([, , , , stream]) => stream)),
        numbers(marks.map(([, , , , , value]) => value)),
      ]),
    )
  }
  await Promise.all(writes)
}

/** Twice as many as came, so that the table shrinks to what is kept; those that another one has in hand are left to it. */
function forgetExpired({ ids }: Tables): string {
  return `DELETE FROM ${ids} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ${ids} WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED))`
}
