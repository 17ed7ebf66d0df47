import { idBounds } from '../document-range.ts'
import type { StreamRange } from '../engine.ts'
import type { StoredDocument, StoredEvent } from '../stored.ts'
import type { StoredTimer, TimerQuery } from '../timers.ts'
import type { DocumentRange } from '../unit.ts'
import type { SqliteConnection } from './connection.ts'
import { EVENT, type EventRow, eventIn, eventOf, OWN, type OwnRow } from './event-row.ts'
import { packId } from './id.ts'
import { LIMIT } from './limit.ts'

export interface StreamRow {
  readonly key: number
  readonly version: number
}

export function streamRow(db: SqliteConnection, tenant: string, name: string): StreamRow | undefined {
  return db.get(
    `SELECT s.key AS key, ifnull((SELECT max(version) FROM eventwright_events e WHERE e.stream = s.key), 0) AS version
     FROM eventwright_streams s WHERE s.tenant = ? AND s.name = ?`,
    tenant,
    name,
  )
}

const FORWARD = `SELECT ${OWN} FROM eventwright_events e
  WHERE e.stream = ? AND e.version BETWEEN ? AND ? ORDER BY e.version ${LIMIT}`
const BACKWARD = FORWARD.replace('ORDER BY e.version', 'ORDER BY e.version DESC')

/** The stream's slice and, of the whole of it, the version. */
export function streamSlice(
  db: SqliteConnection,
  tenant: string,
  name: string,
  { from, to, limit, backward }: StreamRange,
): { readonly events: readonly StoredEvent[]; readonly version: number } {
  const stream = streamRow(db, tenant, name)
  if (stream === undefined) return { events: [], version: 0 }
  const rows = db.rows<OwnRow>(backward ? BACKWARD : FORWARD, stream.key, from, to, limit)
  return { events: rows.map((row) => eventIn(tenant, name, row)), version: stream.version }
}

export function eventById(db: SqliteConnection, tenant: string, id: string): StoredEvent | undefined {
  const [row] = db.rows<EventRow>(
    `SELECT ${EVENT} FROM eventwright_events e CROSS JOIN eventwright_streams s ON s.key = e.stream
     WHERE e.id = ? AND s.tenant = ?`,
    packId(id),
    tenant,
  )
  return row === undefined ? undefined : eventOf(row)
}

export function lastPosition(db: SqliteConnection): number {
  return db.get<{ last: number | null }>('SELECT max(position) AS last FROM eventwright_events')?.last ?? 0
}

export function documentRow(
  db: SqliteConnection,
  tenant: string,
  collection: string,
  id: string,
): StoredDocument | undefined {
  return db.get(
    'SELECT revision, value FROM eventwright_documents WHERE tenant = ? AND collection = ? AND id = ?',
    tenant,
    collection,
    id,
  )
}

const RANGE = 'FROM eventwright_documents WHERE tenant = ? AND collection = ? AND id >= ? AND id <> ?'

/** SQLite compares text by its UTF-8 bytes, so its order is the one that is promised. */
export function documentRows<Row = StoredDocument & { readonly id: string }>(
  db: SqliteConnection,
  columns: 'id, revision, value' | 'id, revision',
  tenant: string,
  collection: string,
  range: DocumentRange,
): readonly Row[] {
  const { from, after, end } = idBounds(range)
  const upTo = end === undefined ? '' : 'AND id < ?'
  return db.all<Row>(
    `SELECT ${columns} ${RANGE} ${upTo} ORDER BY id ${LIMIT}`,
    tenant,
    collection,
    from,
    after,
    ...(end === undefined ? [] : [end]),
    range.limit,
  )
}

export function timerRows(db: SqliteConnection, { owner, until, limit }: TimerQuery): readonly StoredTimer[] {
  const conditions = [
    ...(owner === undefined ? [] : ['owner = ?']),
    ...(until === undefined ? [] : ['due <= ?']),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = db.all<{ tenant: string; owner: string; id: string; due: number; data: string }>(
    `SELECT tenant, owner, id, due, data FROM eventwright_timers ${where} ORDER BY due, revision ${LIMIT}`,
    ...(owner === undefined ? [] : [owner]),
    ...(until === undefined ? [] : [until]),
    limit ?? -1,
  )
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }))
}
