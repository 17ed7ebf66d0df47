import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../testing/broker/observe.ts'
import { sqliteStoreEngine, storeMigrations } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-opening-'))
after(() => rmSync(folder, { recursive: true }))

const event = { type: 'Happened', data: { n: 1 } }

test('what was appended is there when the file is opened again', async () => {
  const engine = sqliteStoreEngine(join(folder, 'again.db'))
  assert.equal(engine.url, `sqlite:${join(folder, 'again.db')}`)
  const first = await engine.openStore()
  const { events } = await first.append('a', [event])
  await first.close()
  const second = await engine.openStore()
  assert.deepEqual((await second.read('a')).events, events)
  assert.equal(second.epoch, first.epoch)
  await second.close()
})

test('a store of one release newer is opened, of two it is refused', async () => {
  const path = join(folder, 'newer.db')
  const engine = sqliteStoreEngine(path)
  await (await engine.openStore()).close()
  const known = storeMigrations.at(-1)?.version ?? 0
  for (const [version, code] of [
    [known + 1, undefined],
    [known + 2, 'SchemaTooNew'],
  ] as const) {
    const raw = new DatabaseSync(path)
    raw.prepare("UPDATE eventwright_schema SET version = ? WHERE name = 'store'").run(version)
    raw.close()
    if (code !== undefined) await assert.rejects(engine.openStore(), { code })
    else await (await engine.openStore()).close()
  }
})

test('opening what is not a database, a folder or a missing folder says so', async () => {
  const text = join(folder, 'notes.txt')
  writeFileSync(text, 'some notes, not a database\n'.repeat(100))
  await assert.rejects(sqliteStoreEngine(text).openStore(), { code: 'NotADatabase', message: /notes\.txt/ })
  await assert.rejects(sqliteStoreEngine(folder).openStore(), { code: 'CannotOpenFile' })
  await assert.rejects(sqliteStoreEngine(join(folder, 'none', 's.db')).openStore(), {
    code: 'CannotOpenFile',
  })
})

test('an empty file becomes a store', async () => {
  const path = join(folder, 'empty.db')
  writeFileSync(path, '')
  const store = await sqliteStoreEngine(path).openStore()
  assert.equal((await store.append('a', [event])).version, 1)
  await store.close()
})

test('appends and reads go on beside a writer that holds the lock, without freezing the event loop', async () => {
  const path = join(folder, 'locked.db')
  const store = await sqliteStoreEngine(path).openStore()
  await store.append('a', [event])
  const other = new DatabaseSync(path, { timeout: 0 })
  other.exec('BEGIN IMMEDIATE')
  const began = performance.eventLoopUtilization()
  let answered = false
  const appending = Promise.all([store.append('a', [event]), store.append('b', [event])])
  const answering = appending.then(() => {
    answered = true
  })
  for (let turn = 0; turn < 20; turn++) await sleep(2)
  // A busy wait would count as work of the loop, all of the time; where this process had no turn for a while, that does too.
  await eventually(() => {
    const { utilization } = performance.eventLoopUtilization(began)
    assert.ok(utilization < 0.7, `${utilization} of the time the loop was busy`)
  })
  assert.equal((await store.read('a')).version, 1)
  assert.ok(store.health().oldestOpenAppend > 10)
  assert.equal(answered, false)
  other.exec('ROLLBACK')
  other.close()
  assert.deepEqual(
    (await appending).map(({ version }) => version),
    [2, 1],
  )
  await answering
  await store.close()
})

test('the log of rare types is read over many windows', async () => {
  const path = join(folder, 'long.db')
  const store = await sqliteStoreEngine(path, { synchronous: 'normal' }).openStore()
  await store.append('rare', [{ type: 'Rare', data: 1 }])
  const many = Array.from({ length: 5_000 }, () => event)
  for (let n = 0; n < 9; n++) await store.append('many', many)
  await store.append('rare', [{ type: 'Rare', data: 2 }])
  const { events, examined } = await store.readAll({ types: ['Rare'] })
  assert.deepEqual(
    events.map(({ data }) => data),
    [1, 2],
  )
  assert.equal(examined, 45_002)
  assert.equal((await store.readAll({ types: ['Rare'], after: 1, limit: 1 })).examined, 45_002)
  const down = { types: ['Rare'], direction: 'backward' } as const
  const latest = await store.readAll(down)
  assert.deepEqual([latest.events, latest.examined], [events.toReversed(), 1])
  assert.equal((await store.readAll({ ...down, limit: 1 })).examined, 45_002)
  assert.equal((await store.readAll({ ...down, before: 45_002, limit: 1 })).examined, 1)
  const between = await store.readAll({ types: ['None'], after: 10, before: 41_000, direction: 'backward' })
  assert.deepEqual(between, { events: [], examined: 11 })
  assert.equal((await store.readAll({ types: ['None'], after: 10, before: 41_000 })).examined, 40_999)
  await store.close()
})

test('inbox ids that have expired leave the file', async () => {
  const path = join(folder, 'inbox.db')
  let now = 1_000
  const store = await sqliteStoreEngine(path).openStore({ clock: { now: () => now, at: () => () => {} } })
  const accept = (id: string) => store.transaction((tx) => tx.inbox.accept('c', { id, expires: now + 100 }))
  await Promise.all(Array.from({ length: 40 }, (_, n) => accept(`early-${n}`)))
  now = 2_000
  await Promise.all(Array.from({ length: 25 }, (_, n) => accept(`late-${n}`)))
  const raw = new DatabaseSync(path, { readOnly: true })
  const rows = raw.prepare('SELECT count(*) AS kept FROM eventwright_inbox_ids').get()
  raw.close()
  assert.equal(rows?.kept, 25)
  await store.close()
})
