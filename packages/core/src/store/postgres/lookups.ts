import { type Named, type NamedPair, type Needs, named } from '../settle/index.ts'
import type { StoredCheckpoint, StoredDocument, StoredEvent, StoredTimerRow } from '../stored.ts'
import type { CommandRecord, InboxMessage } from '../transaction.ts'
import { EVENT } from './event-row.ts'
import { lookUp, type Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

type Found<Row> = Promise<ReadonlyMap<string, Row>>

const nameOf = ({ tenant, name }: Named): readonly string[] => [tenant, name]
const pairOf = ({ tenant, name, second }: NamedPair): readonly string[] => [tenant, name, second]

const NAMES = 'unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (tenant, name, i)'
const PAIRS = 'unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n (tenant, name, second, i)'

export async function eventsById(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Named>,
): Found<StoredEvent> {
  const sql = `SELECT n.i, ${EVENT} FROM ${NAMES} JOIN ${tables.events} e ON e.id = n.name
    JOIN ${tables.streams} s ON s.key = e.stream AND s.tenant = n.tenant`
  return lookUp(reader, sql, needs, nameOf)
}

export function documentsByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, NamedPair>,
): Found<StoredDocument> {
  const sql = `SELECT n.i, d.revision, d.value FROM ${PAIRS}
    JOIN ${tables.documents} d ON d.collection = n.name AND d.tenant = n.tenant AND d.id = n.second`
  return lookUp(reader, sql, needs, pairOf)
}

export function checkpointsByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Named>,
): Found<StoredCheckpoint> {
  const sql = `SELECT n.i, c.position, c.epoch FROM ${NAMES}
    JOIN ${tables.checkpoints} c ON c.name = n.name AND c.tenant = n.tenant`
  return lookUp(reader, sql, needs, nameOf)
}

export async function commandsByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, NamedPair>,
): Found<CommandRecord> {
  const sql = `SELECT n.i, c.record FROM ${PAIRS}
    JOIN ${tables.streams} s ON s.name = n.name AND s.tenant = n.tenant
    JOIN ${tables.commands} c ON c.stream = s.key AND c.id = n.second`
  const rows = await lookUp<{ readonly record: string }, NamedPair>(reader, sql, needs, pairOf)
  return new Map([...rows].map(([key, { record }]) => [key, JSON.parse(record)]))
}

export function timersByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, NamedPair>,
): Found<StoredTimerRow> {
  const sql = `SELECT n.i, t.due, t.revision, t.data FROM ${PAIRS}
    JOIN ${tables.timers} t ON t.owner = n.name AND t.tenant = n.tenant AND t.id = n.second`
  return lookUp(reader, sql, needs, pairOf)
}

export async function fencesByName(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Named>,
): Found<number> {
  const sql = `SELECT n.i, f.token FROM ${NAMES} JOIN ${tables.fences} f ON f.name = n.name AND f.tenant = n.tenant`
  const rows = await lookUp<{ readonly token: number }, Named>(reader, sql, needs, nameOf)
  return new Map([...rows].map(([key, { token }]) => [key, token]))
}

type InboxNeed = Named & { readonly message: InboxMessage }

/** The mark's version, or the time at which the id expires. */
export async function inboxValues(reader: Reader, tables: Tables, needs: Needs['inbox']): Found<number> {
  const entries = [...needs]
  const ids = new Map(entries.filter(([, { message }]) => 'id' in message))
  const marks = new Map(entries.filter(([, { message }]) => !('id' in message)))
  const idsSql = `SELECT n.i, x.expires AS value FROM ${PAIRS}
    JOIN ${tables.ids} x ON x.consumer = n.name AND x.tenant = n.tenant AND x.id = n.second`
  const marksSql = `SELECT n.i, m.version AS value
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
      AS n (tenant, consumer, topic, epoch, stream, i)
    JOIN ${tables.marks} m ON m.stream = n.stream AND m.consumer = n.consumer AND m.topic = n.topic
      AND m.tenant = n.tenant AND m.epoch = n.epoch`
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
