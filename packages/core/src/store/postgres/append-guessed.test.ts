import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { needsOf, settle } from '../settle/index.ts'
import { appendGuessed } from './append-guessed.ts'
import { openPostgres } from './database/open.ts'
import { type FreshStores, freshStores } from './fixtures/fresh.ts'
import { appendOf, openTransaction } from './fixtures/open-append.ts'
import { knownStreams } from './known-streams.ts'
import { streamKeys } from './stream-keys.ts'
import { tablesOf } from './tables.ts'

const event = { type: 'Happened', data: {} }

describe('an append of one statement', { skip: withoutPostgres() }, () => {
  let stores: FreshStores
  before(async () => {
    stores = await freshStores(18)
  })
  after(() => stores.drop())

  test('is not passed by a reader before it has committed', async () => {
    const { engine, url, dispose } = stores.take()
    const store = await engine.openStore()
    const database = await openPostgres(url)
    const tables = tablesOf(database)
    await store.append('before', [event])
    const keys = streamKeys(database, tables)
    while (keys.take(1) === undefined) await sleep(1)
    const guessing = {
      database,
      tables,
      epoch: store.epoch,
      known: knownStreams(),
      keys,
      lockTimeout: 60_000,
    }
    const inTheWay = await openTransaction(database, (session) =>
      session.rows(`INSERT INTO ${tables.streams} (tenant, name) VALUES ('', 'slow')`),
    )
    const units = [appendOf('slow')]
    const appending = appendGuessed(
      guessing,
      needsOf(units),
      (found) => settle(units, found, 1, store.epoch).batch,
    )
    while (!(await isWaiting(database))) await sleep(1)
    await store.append('later', [event])
    const { events, examined } = await store.readAll()
    assert.deepEqual(
      events.map(({ stream }) => stream),
      ['before'],
    )
    await inTheWay.end('roll back')
    assert.equal(await appending, true)
    assert.deepEqual(
      (await store.readAll({ after: examined })).events.map(({ stream }) => stream),
      ['slow', 'later'],
    )
    await store.close()
    await database.close()
    await dispose()
  })

  test('counts as a commit for whoever asks', async () => {
    const { engine, dispose } = stores.take()
    const [one, other] = [await engine.openStore(), await engine.openStore()]
    await one.append('a', [event])
    for (const events of [[event], [event, event]]) {
      const before = await other.commits()
      await one.append('a', events)
      assert.ok((await other.commits()) > before)
    }
    await one.close()
    await other.close()
    await dispose()
  })

  test('goes on from where the stream stands, whoever has appended meanwhile', async () => {
    const { engine, dispose } = stores.take()
    const [one, other] = [await engine.openStore(), await engine.openStore()]
    for (let n = 0; n < 4; n++) {
      await one.append('a', [event])
      await other.append('a', [event, event])
    }
    const made = await Promise.all([one, other].map((store, n) => store.append(`new-${n % 1}`, [event])))
    assert.deepEqual(made.map(({ version }) => version).toSorted(), [1, 2])
    assert.equal((await one.read('a')).events.at(-1)?.version, 12)
    await one.close()
    await other.close()
    await dispose()
  })

  test('does not reach another stream whose key it is since the log was made anew under a process that goes on', async () => {
    const { engine, url, dispose } = stores.take()
    const made = (stream: string) => [1, 2].map((n) => ({ ...event, id: `${stream}-${n}` }))
    const store = await engine.openStore()
    await store.append('a', made('a'))
    const database = await openPostgres(url)
    const { streams } = tablesOf(database)
    const [a] = await database.rows<{ key: number }>(`SELECT key FROM ${streams} WHERE name = 'a'`)
    await database.transaction((session) => session.exec(`DROP SCHEMA ${database.schema} CASCADE`))
    const anew = await engine.openStore()
    await database.write(`SELECT setval(pg_get_serial_sequence($1, 'key'), $2, false)`, [streams, a?.key])
    await anew.append('b', made('b'))
    assert.equal((await store.append('a', [event])).version, 1)
    assert.deepEqual(
      (await anew.readAll()).events.map(({ stream, version }) => `${stream} ${version}`),
      ['b 1', 'b 2', 'a 1'],
    )
    for (const opened of [store, anew, database]) await opened.close()
    await dispose()
  })

  test('leaves no gap where the tail of the log was lost under a process that goes on', async () => {
    const { engine, url, dispose } = stores.take()
    const store = await engine.openStore()
    const database = await openPostgres(url)
    for (let n = 0; n < 3; n++) await store.append('a', [event])
    await database.write(`DELETE FROM ${tablesOf(database).events} WHERE version > 1`)
    const { version } = await store.append('a', [event])
    assert.equal(version, 2)
    assert.deepEqual(
      (await store.read('a')).events.map((read) => read.version),
      [1, 2],
    )
    await store.close()
    await database.close()
    await dispose()
  })
})

async function isWaiting(database: Awaited<ReturnType<typeof openPostgres>>): Promise<boolean> {
  const rows = await database.rows(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  )
  return rows.length > 0
}
