import { Contended } from '../contended.ts'
import type { Engine } from '../engine.ts'
import { inboxKey, type NamedPair, pair } from '../settle/index.ts'
import { commitsSeen } from './committing.ts'
import { sqlState } from './database/faults.ts'
import type { PostgresDatabase } from './database.ts'
import { documentsInRange } from './documents.ts'
import { flushInto } from './flush.ts'
import { postgresLeases } from './leases.ts'
import { readLog } from './log.ts'
import { lookUpOne } from './look-up.ts'
import * as find from './lookups.ts'
import { newsOf } from './news.ts'
import { settled } from './settled.ts'
import { streamSlice, versionOf } from './stream-slice.ts'
import { tablesOf } from './tables.ts'
import { timersDue } from './timers.ts'
import { viewOf } from './view.ts'

export function postgresEngine(database: PostgresDatabase, epoch: string): Engine {
  const { url } = database
  const tables = tablesOf(database)
  const news = newsOf(database)
  const onePair = (tenant: string, name: string, second: string): NamedPair => ({
    key: pair(tenant, name, second),
    tenant,
    name,
    second,
  })
  return {
    url,
    resource: database.resource,
    epoch,
    async flush(needs, settle, { quiet = false } = {}) {
      const written = await inOneTransaction(database, (session) =>
        flushInto({ session, tables, epoch, quiet }, needs, settle),
      )
      if (written && !quiet) news.tell()
    },
    version: (tenant, stream) => versionOf(database, tables, tenant, stream),
    stream: (tenant, stream, range) => streamSlice(database, tables, tenant, stream, range),
    log: (query) => readLog(database, url, tables, query),
    head: () => settled(database, url, tables),
    async eventsById(tenant, ids) {
      const needs = new Map(ids.map((id) => [id, find.oneName(tenant, id)]))
      return [...(await find.eventsById(database, tables, needs)).values()]
    },
    document: (tenant, collection, id) =>
      lookUpOne((needs) => find.documentsByName(database, tables, needs), onePair(tenant, collection, id)),
    documents: (tenant, collection, range) =>
      documentsInRange(database, tables, { tenant, name: collection, range }),
    view: (query) => viewOf(database, tables, query),
    inbox: (tenant, consumer, message) =>
      lookUpOne((needs) => find.inboxValues(database, tables, needs), {
        key: inboxKey(tenant, consumer, message),
        tenant,
        name: consumer,
        message,
      }),
    checkpoint: (tenant, name) =>
      lookUpOne((needs) => find.checkpointsByName(database, tables, needs), find.oneName(tenant, name)),
    command: (tenant, stream, commandId) =>
      lookUpOne((needs) => find.commandsByName(database, tables, needs), onePair(tenant, stream, commandId)),
    timer: (tenant, owner, id) =>
      lookUpOne((needs) => find.timersByName(database, tables, needs), onePair(tenant, owner, id)),
    timers: (query) => timersDue(database, tables, query),
    leases: postgresLeases(database, tables),
    commits: () => commitsSeen(database, tables),
    onCommit: (listener) => news.on(listener),
    async close() {
      await news.close()
      await database.close()
    },
  }
}

type Flush = (session: Parameters<Parameters<PostgresDatabase['transaction']>[0]>[0]) => Promise<boolean>

/** Milliseconds. Who waits longer holds up all that share its flush. */
const LOCK_TIMEOUT = 50

const NOTHING_TO_WRITE = Symbol('nothing to write')

/** A flush that writes nothing is rolled back: its locks left marks that a commit would have to keep. */
async function inOneTransaction(database: PostgresDatabase, flush: Flush): Promise<boolean> {
  try {
    await database.transaction(
      async (session) => {
        if (!(await flush(session))) throw NOTHING_TO_WRITE
      },
      { lockTimeout: LOCK_TIMEOUT },
    )
    return true
  } catch (error) {
    if (error === NOTHING_TO_WRITE) return false
    if (CONTENDED.has(sqlState(error) ?? '')) throw new Contended(database.url, { cause: error })
    throw error
  }
}

/** No lock in time, a deadlock, a failure to serialise, or a row that another one has just made. */
const CONTENDED = new Set(['55P03', '40P01', '40001', '23505'])
