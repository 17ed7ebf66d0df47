import type { Batch } from '../settle/index.ts'
import { named } from '../settle/index.ts'
import type { SqliteConnection } from './connection.ts'
import { packId } from './id.ts'
import { LIMIT } from './limit.ts'
import type { Loaded } from './load.ts'

/** Writes the batch; the caller's transaction makes it all or nothing. */
export function save(db: SqliteConnection, batch: Batch, loaded: Loaded): void {
  const keys = saveStreams(db, batch, loaded)
  saveEvents(db, batch, keys)
  saveCommands(db, batch, keys)
  saveDocuments(db, batch)
  saveInbox(db, batch)
  saveTimers(db, batch)
  for (const { tenant, name, position, epoch } of batch.checkpoints.values()) {
    db.run(
      `INSERT INTO eventwright_checkpoints (tenant, name, position, epoch) VALUES (?, ?, ?, ?)
       ON CONFLICT (tenant, name) DO UPDATE SET position = excluded.position, epoch = excluded.epoch`,
      tenant,
      name,
      position,
      epoch,
    )
  }
  for (const { tenant, name, token } of batch.fences.values()) {
    db.run(
      `INSERT INTO eventwright_fences (tenant, name, token) VALUES (?, ?, ?)
       ON CONFLICT (tenant, name) DO UPDATE SET token = excluded.token`,
      tenant,
      name,
      token,
    )
  }
  if (batch.revision !== loaded.found.revision) {
    db.run('UPDATE eventwright_log SET revision = ?', batch.revision)
  }
}

/** Gives the rows' keys. A command may be recorded in a stream that has no event yet. */
function saveStreams(db: SqliteConnection, batch: Batch, loaded: Loaded): ReadonlyMap<string, number> {
  const keys = new Map<string, number>()
  let last: number | undefined
  const insert = (tenant: string, name: string): number => {
    last = (last ?? lastKey(db)) + 1
    db.run('INSERT INTO eventwright_streams (key, tenant, name) VALUES (?, ?, ?)', last, tenant, name)
    return last
  }
  const keep = (key: string, tenant: string, name: string): void => {
    if (!keys.has(key)) keys.set(key, loaded.streamRows.get(key)?.key ?? insert(tenant, name))
  }
  for (const { key, tenant, name } of batch.streams.values()) keep(key, tenant, name)
  for (const { tenant, name } of batch.commands.values()) keep(named(tenant, name), tenant, name)
  return keys
}

/** Asked once a flush: to have each row give its key costs twice the row. */
function lastKey(db: SqliteConnection): number {
  return db.get<{ last: number | null }>('SELECT max(key) AS last FROM eventwright_streams')?.last ?? 0
}

function saveEvents(db: SqliteConnection, batch: Batch, keys: ReadonlyMap<string, number>): void {
  let last: { readonly tenant: string; readonly stream: string } | undefined
  let key = 0
  for (const event of batch.events) {
    if (event.stream !== last?.stream || event.tenant !== last.tenant) {
      key = keys.get(named(event.tenant, event.stream)) ?? 0
    }
    last = event
    db.run(
      `INSERT INTO eventwright_events
       (position, stream, version, id, type, schema_version, recorded_at, data, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      event.position,
      key,
      event.version,
      packId(event.id),
      event.type,
      event.schemaVersion,
      event.recordedAt,
      event.data,
      event.metadata,
    )
  }
}

function saveCommands(db: SqliteConnection, batch: Batch, keys: ReadonlyMap<string, number>): void {
  for (const { tenant, name, record } of batch.commands.values()) {
    db.run(
      'INSERT INTO eventwright_commands (stream, id, record) VALUES (?, ?, ?)',
      keys.get(named(tenant, name)) ?? 0,
      packId(record.commandId),
      JSON.stringify(record),
    )
  }
}

function saveDocuments(db: SqliteConnection, batch: Batch): void {
  for (const { tenant, name, second, document } of batch.documents.values()) {
    if (document === undefined) {
      db.run(
        'DELETE FROM eventwright_documents WHERE tenant = ? AND collection = ? AND id = ?',
        tenant,
        name,
        second,
      )
    } else {
      db.run(
        `INSERT INTO eventwright_documents (tenant, collection, id, revision, value) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (tenant, collection, id) DO UPDATE SET revision = excluded.revision, value = excluded.value`,
        tenant,
        name,
        second,
        document.revision,
        document.value,
      )
    }
  }
}

function saveInbox(db: SqliteConnection, batch: Batch): void {
  let ids = 0
  for (const { tenant, name, message, value } of batch.inbox.values()) {
    if ('id' in message) {
      ids++
      db.run(
        `INSERT INTO eventwright_inbox_ids (tenant, consumer, id, expires) VALUES (?, ?, ?, ?)
         ON CONFLICT (tenant, consumer, id) DO UPDATE SET expires = excluded.expires`,
        tenant,
        name,
        message.id,
        value,
      )
    } else {
      db.run(
        `INSERT INTO eventwright_inbox_marks (tenant, consumer, topic, epoch, stream, version) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, consumer, topic, epoch, stream) DO UPDATE SET version = excluded.version`,
        tenant,
        name,
        message.topic,
        message.epoch,
        message.stream,
        value,
      )
    }
  }
  if (ids > 0) forgetExpired(db, batch.now, 2 * ids)
}

/** Twice as many as came, so that the table shrinks to what is kept and no flush has much to do. */
function forgetExpired(db: SqliteConnection, now: number, most: number): void {
  db.run(
    `DELETE FROM eventwright_inbox_ids WHERE (tenant, consumer, id) IN
     (SELECT tenant, consumer, id FROM eventwright_inbox_ids WHERE expires <= ? ORDER BY expires ${LIMIT})`,
    now,
    most,
  )
}

function saveTimers(db: SqliteConnection, batch: Batch): void {
  for (const { tenant, name, second, timer } of batch.timers.values()) {
    if (timer === undefined) {
      db.run('DELETE FROM eventwright_timers WHERE tenant = ? AND owner = ? AND id = ?', tenant, name, second)
    } else {
      db.run(
        `INSERT INTO eventwright_timers (tenant, owner, id, due, revision, data) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, owner, id) DO UPDATE SET due = excluded.due, revision = excluded.revision, data = excluded.data`,
        tenant,
        name,
        second,
        timer.due,
        timer.revision,
        timer.data,
      )
    }
  }
}
