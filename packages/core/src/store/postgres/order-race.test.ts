import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { RecordedEvent } from '../../event/index.ts'
import type { EventStore } from '../index.ts'
import { openPostgres } from './database/open.ts'
import { postgresStoreEngine } from './store-engine.ts'

/** How long the writers race, and with them the transactions stay open. */
const SECONDS = Number(process.env.EVENTWRIGHT_ORDER_SECONDS ?? 3)
/** A shorter race says nothing about the lag: the machine may have been busy with something else. */
const LONG = 30
const PROCESSES = 2
const WRITERS_EACH = 16

test('a reader among 32 writers that roll back at random skips nothing and sees each stream in order', {
  skip: withoutPostgres(),
  timeout: 1_000 * (SECONDS + 120),
}, async (t) => {
  const place = await testDatabase()
  const elsewhere = await testDatabase()
  const store = await postgresStoreEngine(place.url).openStore()
  t.after(() => store.close())
  await store.append('s-0', [{ type: 'Happened', data: {} }])
  const appending = await openAppend(t, elsewhere.url)
  const writing = await openWrite(t, place.url)
  t.after(() => Promise.all([place.drop(), elsewhere.drop()]))

  let done = false
  const finished = Promise.all(Array.from({ length: PROCESSES }, (_, n) => race(place.url, n))).finally(
    () => {
      done = true
    },
  )
  const followers = [follow(store, () => done), follow(store, () => done)]
  const committed = await finished
  const [one, other] = await Promise.all(followers)
  await writing.query('COMMIT')
  await appending.query('COMMIT')

  assert.ok(committed.every((count) => count > 0))
  assert.ok(one && other)
  assert.deepEqual(one.seen, await stored(place.url))
  assert.deepEqual(other.seen, one.seen)
  inOrder(one.seen)
  t.diagnostic(
    `${one.seen.length} events in ${SECONDS} s, the last to be seen ${one.lag} ms after its append`,
  )
  if (SECONDS >= LONG) assert.ok(one.lag < 1_000, `${one.lag} ms`)
})

/** A user's transaction that appended in another database, and is not at its end. */
async function openAppend(t: TestContext, url: string): Promise<pg.Client> {
  const store = await postgresStoreEngine(url).openStore()
  t.after(() => store.close())
  const client = await begun(t, url)
  await store.join(client, (tx) => tx.append('s-0', [{ type: 'Happened', data: {} }]))
  return client
}

/** A transaction of the store's own database that wrote something else. */
async function openWrite(t: TestContext, url: string): Promise<pg.Client> {
  const client = await begun(t, url)
  await client.query('CREATE TABLE anything (n int)')
  return client
}

async function begun(t: TestContext, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.after(() => client.end())
  await client.query('BEGIN')
  return client
}

/** Gives how many transactions were committed by one process. */
async function race(url: string, number: number): Promise<number> {
  const writers = join(import.meta.dirname, 'fixtures/racing-writers.ts')
  const args = [writers, url, number * WRITERS_EACH, WRITERS_EACH, 1_000 * SECONDS].map(String)
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return Number(stdout)
}

type Place = Pick<RecordedEvent, 'position' | 'stream' | 'version'>

/** Goes on from what was examined, until there was nothing more after the last commit. */
async function follow(store: EventStore, isDone: () => boolean) {
  const seen: Place[] = []
  let lag = 0
  for (let after = 0; ; ) {
    const last = isDone()
    const { events, examined } = await store.readAll({ after, limit: 500 })
    for (const { position, stream, version, recordedAt } of events) {
      seen.push({ position, stream, version })
      lag = Math.max(lag, Date.now() - recordedAt)
    }
    after = examined
    if (last && events.length === 0) return { seen, lag }
  }
}

async function stored(url: string): Promise<readonly Place[]> {
  const database = await openPostgres(url)
  const all = await database.rows<{ position: number; stream: string; version: number }>(
    `SELECT e.position, s.name AS stream, e.version FROM ${database.schema}.eventwright_events e
     JOIN ${database.schema}.eventwright_streams s ON s.key = e.stream ORDER BY e.position`,
  )
  await database.close()
  return all
}

function inOrder(seen: readonly Place[]): void {
  const versions = new Map<string, number>()
  for (const { stream, version } of seen) {
    assert.equal(version, (versions.get(stream) ?? 0) + 1, stream)
    versions.set(stream, version)
  }
}
