import { type CommitNews, newsIn } from '../commit-news.ts'
import { Contended } from '../contended.ts'
import type { Engine } from '../engine.ts'
import { UnknownOutcomeError } from '../errors.ts'
import type { Batch, Found, Needs } from '../settle/index.ts'
import { appendGuessed } from './append-guessed.ts'
import { commitsSeen } from './committing.ts'
import { sqlState } from './database/faults.ts'
import type { PostgresDatabase, PostgresSession, TransactionSettings } from './database.ts'
import { type Sent, sendFlush } from './flush.ts'
import { isContended } from './is-contended.ts'
import { joinedEngine } from './join/joined-engine.ts'
import { knownStreams } from './known-streams.ts'
import { postgresLeases } from './leases.ts'
import { readLog } from './log.ts'
import { askedOnce } from './look-up.ts'
import { newsOf } from './news.ts'
import { settled } from './settled.ts'
import { streamKeys } from './stream-keys.ts'
import { tablesOf } from './tables.ts'
import { timersDue } from './timers.ts'
import { unitReads } from './unit-reads.ts'
import { viewOf } from './view.ts'

export function postgresEngine(database: PostgresDatabase, epoch: string): Engine {
  const { url } = database
  const tables = tablesOf(database)
  const news = newsOf(database, tables)
  const known = knownStreams()
  const keys = streamKeys(database, tables)
  const bound = askedOnce(() => settled({ rows: database.atOnce }, url, tables))
  const guessing = { database, tables, epoch, known, keys, lockTimeout: LOCK_TIMEOUT }
  const flush = async (quiet: boolean, needs: Needs, settle: (found: Found) => Batch): Promise<boolean> => {
    const sent = await inOneTransaction(database, { durable: !quiet }, (session) =>
      sendFlush({ session, tables, epoch, quiet }, needs, settle),
    )
    if (sent !== undefined) known.learn(sent.streamRows, sent.batch)
    return sent !== undefined
  }
  return {
    url,
    resource: database.resource,
    epoch,
    flights: 2,
    async flush(needs, settle, { quiet = false } = {}) {
      let changed: CommitNews = NOTHING_CHANGED
      let isAnnounced = false
      const settling = (found: Found): Batch => {
        const batch = settle(found)
        changed = newsIn(batch)
        isAnnounced ||= changed.events
        return batch
      }
      let written = false
      try {
        written = (await appendGuessed(guessing, needs, settling)) || (await flush(quiet, needs, settling))
      } finally {
        if (written && !quiet) news.tell(changed)
        // What was announced and is not there held up readers, who wait for a word that they may go on.
        if (!written && isAnnounced) news.tell(LOG_FREED)
      }
    },
    ...unitReads({ rows: database.atOnce }, tables),
    log: (query) => readLog(database, tables, query, bound),
    head: bound,
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

/** Milliseconds. Who waits longer holds up all that share its flush. */
const LOCK_TIMEOUT = 50

const LOG_FREED: CommitNews = { events: true, timers: false, collections: new Set() }
const NOTHING_CHANGED: CommitNews = { events: false, timers: false, collections: new Set() }

const NOTHING_TO_WRITE = Symbol('nothing to write')

/**
 * The COMMIT is sent behind what is saved, without waiting for it. A flush that writes nothing is rolled back: its
 * locks left marks that a commit would have to keep.
 */
async function inOneTransaction(
  database: PostgresDatabase,
  settings: Pick<TransactionSettings, 'durable'>,
  send: (session: PostgresSession) => Promise<Sent | undefined>,
): Promise<Sent | undefined> {
  let sent: Sent | undefined
  try {
    await database.transaction(
      async (session) => {
        sent = await send(session)
        if (sent === undefined) throw NOTHING_TO_WRITE
      },
      { ...settings, lockTimeout: LOCK_TIMEOUT },
    )
    await sent?.saving
    return sent
  } catch (error) {
    if (error === NOTHING_TO_WRITE) return undefined
    throw contended(database.url, error instanceof UnknownOutcomeError ? error : await failureOf(sent, error))
  }
}

/** What was saved failed before the COMMIT behind it did. */
async function failureOf(sent: Sent | undefined, error: unknown): Promise<unknown> {
  return (
    (await sent?.saving.then(
      () => error,
      (first: unknown) => first,
    )) ?? error
  )
}

function contended(url: string, error: unknown): unknown {
  return isContended(sqlState(error)) ? new Contended(url, { cause: error }) : error
}
