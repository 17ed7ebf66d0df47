import type { Engine } from '../engine.ts'
import { isEmpty } from '../settle/index.ts'
import { recorded } from '../stored.ts'
import type { SqliteFile } from './file.ts'
import { sqliteLeases } from './leases.ts'
import { checkpointRow, commandRecord, inboxValue, load, timerRow } from './load.ts'
import { readLog } from './log.ts'
import {
  documentRow,
  documentRows,
  eventById,
  lastPosition,
  streamRow,
  streamSlice,
  timerRows,
} from './rows.ts'
import { save } from './save.ts'
import { viewOf } from './view.ts'

export function sqliteEngine(url: string, file: SqliteFile, epoch: string): Engine {
  return {
    url,
    resource: file.resource,
    epoch,
    flush: (needs, settle, options) =>
      file.write((db) => {
        const loaded = load(db, needs)
        const batch = settle(loaded.found)
        if (!isEmpty(batch)) save(db, batch, loaded)
      }, options),
    version: (tenant, stream) => file.read((db) => streamRow(db, tenant, stream)?.version ?? 0),
    async stream(tenant, stream, range) {
      const { events, version } = await file.read((db) => streamSlice(db, tenant, stream, range))
      return { events: events.map(recorded), version }
    },
    log: (query) => readLog(file, query),
    head: () => file.read(lastPosition),
    eventsById: (tenant, ids) => file.read((db) => ids.flatMap((id) => eventById(db, tenant, id) ?? [])),
    document: (tenant, collection, id) => file.read((db) => documentRow(db, tenant, collection, id)),
    documents: (tenant, collection, range) =>
      file.read((db) => documentRows(db, 'id, revision, value', tenant, collection, range)),
    view: (query) => file.read((db) => viewOf(db, query)),
    inbox: (tenant, consumer, message) => file.read((db) => inboxValue(db, tenant, consumer, message)),
    checkpoint: (tenant, name) => file.read((db) => checkpointRow(db, tenant, name)),
    command: (tenant, stream, commandId) => file.read((db) => commandRecord(db, tenant, stream, commandId)),
    timer: (tenant, owner, id) => file.read((db) => timerRow(db, tenant, owner, id)),
    timers: (query) => file.read((db) => timerRows(db, query)),
    leases: sqliteLeases(file),
    commits: async () => file.commits(),
    onCommit: (listener) => file.onCommit(listener),
    close: () => file.close(),
  }
}
