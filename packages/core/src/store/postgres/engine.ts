import { Contended } from '../contended.ts'
import type { Engine } from '../engine.ts'
import { commitsSeen } from './committing.ts'
import { sqlState } from './database/faults.ts'
import type { PostgresDatabase } from './database.ts'
import { flushInto } from './flush.ts'
import { isContended } from './is-contended.ts'
import { joinedEngine } from './join/joined-engine.ts'
import { postgresLeases } from './leases.ts'
import { readLog } from './log.ts'
import { newsOf } from './news.ts'
import { settled } from './settled.ts'
import { tablesOf } from './tables.ts'
import { timersDue } from './timers.ts'
import { unitReads } from './unit-reads.ts'
import { viewOf } from './view.ts'

export function postgresEngine(database: PostgresDatabase, epoch: string): Engine {
  const { url } = database
  const tables = tablesOf(database)
  const news = newsOf(database)
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
    ...unitReads(database, tables),
    log: (query) => readLog(database, url, tables, query),
    head: () => settled(database, url, tables),
    view: (query) => viewOf(database, tables, query),
    timers: (query) => timersDue(database, tables, query),
    leases: postgresLeases(database, tables),
    join: (client) => joinedEngine({ database, tables, epoch }, client),
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
    if (isContended(sqlState(error))) throw new Contended(database.url, { cause: error })
    throw error
  }
}
