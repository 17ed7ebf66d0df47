import { type Named, type NamedPair, type Needs, named } from '../settle/index.ts'
import type { StoredCheckpoint, StoredDocument, StoredEvent, StoredTimerRow } from '../stored.ts'
import type { CommandRecord, InboxMessage } from '../transaction.ts'
import { EVENT } from './event-row.ts'
import { lookUp, type Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

type Found<Row> = Promise<ReadonlyMap<string, Row>>

const nameOf = ({ tenant, name }: Named): readonly string[] => [tenant, name]
const pairOf = ({ tenant, name, second }: NamedPair): readonly string[] => [tenant, name, second]

/** Each name looks its row up by the index, whatever the statistics of a young table say: as a join they may go through all of it. */
const NAMES = 'unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (tenant, name, i)'
const PAIRS = 'unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (tenant, name, second, i)'

export async function eventsById(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Named>,
): Found<StoredEvent> {
  const sql = `SELECT n.i, ${EVENT} FROM ${NAMES} CROSS JOIN LATERAL (
      SELECT * FROM ${tables.events} WHERE id = n.name OFFSET 0) e CROSS JOIN LATERAL (
      SELECT tenant, name FROM ${tables.streams} WHERE key = e.stream AND tenant = n.tenant OFFSET 0) s`
  return lookUp(reader, sql, needs, nameOf)
}

export function documentsByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, NamedPair>,
): Found<StoredDocument> {
  const sql = `SELECT n.i, d.revision, d.value FROM ${PAIRS} CROSS JOIN LATERAL (
      SELECT revision, value FROM ${tables.documents}
      WHERE collection = n.name AND tenant = n.tenant AND id = n.second OFFSET 0) d`
  return lookUp(reader, sql, needs, pairOf)
}

export function checkpointsByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Named>,
): Found<StoredCheckpoint> {
  const sql = `SELECT n.i, c.position, c.epoch FROM ${NAMES} CROSS JOIN LATERAL (
      SELECT position, epoch FROM ${tables.checkpoints} WHERE name = n.name AND tenant = n.tenant OFFSET 0) c`
  return lookUp(reader, sql, needs, nameOf)
}

export async function commandsByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, NamedPair>,
): Found<CommandRecord> {
  const sql = `SELECT n.i, c.record FROM ${PAIRS} CROSS JOIN LATERAL (
      SELECT key FROM ${tables.streams} WHERE name = n.name AND tenant = n.tenant OFFSET 0) s CROSS JOIN LATERAL (
      SELECT record FROM ${tables.commands} WHERE stream = s.key AND id = n.second OFFSET 0) c`
  const rows = await lookUp<{ readonly record: string }, NamedPair>(reader, sql, needs, pairOf)
  return new Map([...rows].map(([key, { record }]) => [key, JSON.parse(record)]))
}

export function timersByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, NamedPair>,
): Found<StoredTimerRow> {
  const sql = `SELECT n.i, t.due, t.revision, t.data FROM ${PAIRS} CROSS JOIN LATERAL (
      SELECT due, revision, data FROM ${tables.timers}
      WHERE owner = n.name AND tenant = n.tenant AND id = n.second OFFSET 0) t`
  return lookUp(reader, sql, needs, pairOf)
}

export async function fencesByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Named>,
): Found<number> {
  const sql = `SELECT n.i, f.token FROM ${NAMES} CROSS JOIN LATERAL (
      SELECT token FROM ${tables.fences} WHERE name = n.name AND tenant = n.tenant OFFSET 0) f`
  const rows = await lookUp<{ readonly token: number }, Named>(reader, sql, needs, nameOf)
  return new Map([...rows].map(([key, { token }]) => [key, token]))
}

type InboxNeed = Named & { readonly message: InboxMessage }

/** The mark's version, or the time at which the id expires. */
export async function inboxValues(reader: Reader, tables: Tables, needs: Needs['inbox']): Found<number> {
  const entries = [...needs]
  const ids = new Map(entries.filter(([, { message }]) => 'id' in message))
  const marks = new Map(entries.filter(([, { message }]) => !('id' in message)))
  const idsSql = `SELECT n.i, x.expires AS value FROM ${PAIRS} CROSS JOIN LATERAL (
      SELECT expires FROM ${tables.ids} WHERE consumer = n.name AND tenant = n.tenant AND id = n.second OFFSET 0) x`
  const marksSql = `SELECT n.i, m.version AS value
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
      AS n (tenant, consumer, topic, epoch, stream, i)
    CROSS JOIN LATERAL (
      SELECT version FROM ${tables.marks} WHERE stream = n.stream AND consumer = n.consumer AND topic = n.topic
        AND tenant = n.tenant AND epoch = n.epoch OFFSET 0) m`
  const found = await Promise.all([
    lookUp<{ readonly value: number }, InboxNeed>(reader, idsSql, ids, inboxName),
    lookUp<{ readonly value: number }, InboxNeed>(reader, marksSql, marks, inboxName),
  ])
  return new Map(found.flatMap((rows) => [...rows].map(([key, { value }]) => [key, value] as const)))
}

function inboxName({ tenant, name, message }: InboxNeed): readonly string[] {
  if ('id' in message) return [tenant, name, message.id]
  return [tenant, name, message.topic, message.epoch, message.stream]
}

export const oneName = (tenant: string, name: string): Named => ({ key: named(tenant, name), tenant, name })
