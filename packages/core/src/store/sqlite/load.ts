import type { Found, Needs } from '../settle/index.ts'
import type { StoredCheckpoint, StoredTimerRow } from '../stored.ts'
import type { CommandRecord, InboxMessage } from '../transaction.ts'
import type { SqliteConnection } from './connection.ts'
import { packId } from './id.ts'
import { documentRow, documentRows, eventById, lastPosition, type StreamRow, streamRow } from './rows.ts'

/** What a flush found, and the keys of its streams' rows. */
export interface Loaded {
  readonly found: Found
  readonly streamRows: Map<string, StreamRow>
}

export function load(db: SqliteConnection, needs: Needs): Loaded {
  const streamRows = pick(needs.streams, ({ tenant, name }) => streamRow(db, tenant, name))
  const log = db.get<{ epoch: string; revision: number }>('SELECT epoch, revision FROM eventwright_log')
  const found: Found = {
    epoch: log?.epoch ?? '',
    revision: log?.revision ?? 0,
    position: lastPosition(db),
    streams: new Map([...streamRows].map(([key, row]) => [key, row.version])),
    events: pick(needs.events, ({ tenant, name }) => eventById(db, tenant, name)),
    documents: pick(needs.documents, ({ tenant, name, second }) => documentRow(db, tenant, name, second)),
    lists: pick(needs.lists, ({ tenant, name, range }) =>
      documentRows<{ readonly id: string; readonly revision: number }>(
        db,
        'id, revision',
        tenant,
        name,
        range,
      ),
    ),
    inbox: pick(needs.inbox, ({ tenant, name, message }) => inboxValue(db, tenant, name, message)),
    checkpoints: pick(needs.checkpoints, ({ tenant, name }) => checkpointRow(db, tenant, name)),
    commands: new Set(
      pick(needs.commands, ({ tenant, name, second }) => commandRecord(db, tenant, name, second)).keys(),
    ),
    timers: pick(needs.timers, ({ tenant, name, second }) => timerRow(db, tenant, name, second)),
    fences: pick(needs.fences, ({ tenant, name }) => fenceToken(db, tenant, name)),
  }
  return { found, streamRows }
}

function pick<Need, Value>(
  needs: ReadonlyMap<string, Need>,
  find: (need: Need) => Value | undefined,
): Map<string, Value> {
  const found = new Map<string, Value>()
  for (const [key, need] of needs) {
    const value = find(need)
    if (value !== undefined) found.set(key, value)
  }
  return found
}

export function inboxValue(
  db: SqliteConnection,
  tenant: string,
  consumer: string,
  message: InboxMessage,
): number | undefined {
  if ('id' in message) {
    return db.get<{ expires: number }>(
      'SELECT expires FROM eventwright_inbox_ids WHERE tenant = ? AND consumer = ? AND id = ?',
      tenant,
      consumer,
      message.id,
    )?.expires
  }
  return db.get<{ version: number }>(
    'SELECT version FROM eventwright_inbox_marks WHERE tenant = ? AND consumer = ? AND topic = ? AND epoch = ? AND stream = ?',
    tenant,
    consumer,
    message.topic,
    message.epoch,
    message.stream,
  )?.version
}

export function checkpointRow(
  db: SqliteConnection,
  tenant: string,
  name: string,
): StoredCheckpoint | undefined {
  return db.get(
    'SELECT position, epoch FROM eventwright_checkpoints WHERE tenant = ? AND name = ?',
    tenant,
    name,
  )
}

export function commandRecord(
  db: SqliteConnection,
  tenant: string,
  stream: string,
  commandId: string,
): CommandRecord | undefined {
  const row = db.get<{ record: string }>(
    `SELECT c.record AS record FROM eventwright_streams s CROSS JOIN eventwright_commands c ON c.stream = s.key
     WHERE s.tenant = ? AND s.name = ? AND c.id = ?`,
    tenant,
    stream,
    packId(commandId),
  )
  return row === undefined ? undefined : JSON.parse(row.record)
}

export function timerRow(
  db: SqliteConnection,
  tenant: string,
  owner: string,
  id: string,
): StoredTimerRow | undefined {
  return db.get(
    'SELECT due, revision, data FROM eventwright_timers WHERE tenant = ? AND owner = ? AND id = ?',
    tenant,
    owner,
    id,
  )
}

function fenceToken(db: SqliteConnection, tenant: string, name: string): number | undefined {
  return db.get<{ token: number }>(
    'SELECT token FROM eventwright_fences WHERE tenant = ? AND name = ?',
    tenant,
    name,
  )?.token
}
