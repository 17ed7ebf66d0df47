import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqliteBroker } from '../../broker/index.ts'
import { type EventStore, StoreReadOnly } from '../index.ts'
import { sqliteStoreEngine } from './index.ts'

const event = { type: 'Happened', data: { n: 1 } }

function freshFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-read-only-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A closed store of three events. */
async function closedStore(context: TestContext): Promise<string> {
  const path = join(freshFolder(context), 'store.db')
  const store = await sqliteStoreEngine(path).openStore()
  await store.append('a', [event, event, event])
  await store.close()
  return path
}

async function looking(path: string): Promise<EventStore & AsyncDisposable> {
  const store = await sqliteStoreEngine(path, { readOnly: true }).openStore()
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}

/** Everything in the folder, byte for byte, and when it was changed. */
function contents(path: string): unknown {
  const folder = join(path, '..')
  return readdirSync(folder).map((name) => {
    const file = join(folder, name)
    return [name, statSync(file).mtimeMs, readFileSync(file).toString('base64')]
  })
}

test('a file that nobody has open is read without a byte or a file beside it changing', async (context) => {
  const path = await closedStore(context)
  const before = contents(path)
  {
    await using store = await looking(path)
    assert.equal((await store.readAll()).events.length, 3)
    assert.equal((await store.read('a')).version, 3)
    assert.equal(await store.checkpoint('none'), 0)
    assert.deepEqual(contents(path), before)
  }
  assert.deepEqual(contents(path), before)
})

test('what others commit is seen and told while they write, and no writer waits for a reader', async (context) => {
  const path = await closedStore(context)
  await using store = await looking(path)
  assert.equal(await store.head(), 3)
  const writer = new DatabaseSync(path, { timeout: 0 })
  const writing = await sqliteStoreEngine(path).openStore()
  const commits = await store.commits()
  const told = new Promise<void>((resolve) => store.onCommit(() => resolve()))
  await writing.append('a', [event])
  await told
  assert.notEqual(await store.commits(), commits)
  assert.equal(await store.head(), 4)
  writer.exec('BEGIN IMMEDIATE; UPDATE eventwright_log SET revision = revision + 1')
  // A lock that a reader held would fail the commit at once: this connection does not wait.
  const reading = Promise.all(Array.from({ length: 20 }, () => store.readAll()))
  writer.exec('COMMIT')
  assert.equal(
    (await reading).every(({ events }) => events.length === 4),
    true,
  )
  writer.close()
  await writing.close()
})

test('a writer that leaves while a reader rests takes its log away with it', async (context) => {
  const path = await closedStore(context)
  const writing = await sqliteStoreEngine(path).openStore()
  await writing.append('a', [event])
  await using store = await looking(path)
  assert.equal(await store.head(), 4)
  await sleep(50)
  await writing.close()
  assert.deepEqual(readdirSync(join(path, '..')), ['store.db'])
  assert.equal(await store.head(), 4)
  assert.deepEqual(readdirSync(join(path, '..')), ['store.db'])
})

/** The files of a store that a process left in the middle: its last commits are in the log beside the file. */
async function abandoned(context: TestContext): Promise<string> {
  const path = await closedStore(context)
  const copy = join(freshFolder(context), 'store.db')
  const writing = await sqliteStoreEngine(path).openStore()
  await writing.append('a', [event, event])
  for (const end of ['', '-wal']) cpSync(path + end, copy + end)
  await writing.close()
  return copy
}

test('what a killed process left in its log is read, and stays there', async (context) => {
  const path = await abandoned(context)
  const before = ['', '-wal'].map((end) => readFileSync(path + end).toString('base64'))
  {
    await using store = await looking(path)
    assert.equal((await store.read('a')).version, 5)
  }
  const after = ['', '-wal'].map((end) => readFileSync(path + end).toString('base64'))
  assert.deepEqual(after, before)
})

/** Reads the store as a user who may write neither the file nor its folder: what it says. */
async function lookAsAStranger(path: string): Promise<string> {
  chmodSync(path, 0o444)
  chmodSync(join(path, '..'), 0o555)
  const script = `
    import { sqliteStoreEngine } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    if (process.getuid() === 0) process.seteuid(65534)
    try {
      const store = await sqliteStoreEngine(${JSON.stringify(path)}, { readOnly: true }).openStore()
      console.log((await store.readAll()).events.length)
      await store.close()
    } catch (error) { console.log(error.code) }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = (await child.stdout.toArray()).join('').trim()
  chmodSync(join(path, '..'), 0o755)
  return said
}

test('a user who may write nothing reads a closed file, and is told where part of it is out of reach', async (context) => {
  assert.equal(await lookAsAStranger(await closedStore(context)), '3')
  assert.equal(await lookAsAStranger(await abandoned(context)), 'CannotOpenFile')
})

function comesAndGoes(path: string): ChildProcess {
  const script = `
    import { sqliteStoreEngine } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    const data = { filler: 'x'.repeat(500) }
    for (let round = 0; round < 40; round++) {
      const store = await sqliteStoreEngine(${JSON.stringify(path)}, { synchronous: 'normal' }).openStore()
      await store.append('s-' + round, Array.from({ length: 25 }, () => ({ type: 'Happened', data })))
      await store.close()
    }`
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

test('a reader beside a writer that comes and goes sees whole states, one after the other', async (context) => {
  const path = await closedStore(context)
  await using store = await looking(path)
  const child = comesAndGoes(path)
  const exit = once(child, 'exit')
  let running = true
  exit.then(() => {
    running = false
  })
  let last = 3
  while (running) {
    const { events } = await store.readAll({ limit: 2_000 })
    assert.deepEqual(
      events.map(({ position }) => position),
      Array.from({ length: events.length }, (_, n) => n + 1),
    )
    assert.ok(
      events.length >= last && (events.length - 3) % 25 === 0,
      `${events.length} events after ${last}`,
    )
    last = events.length
    await new Promise(setImmediate)
  }
  assert.deepEqual(await exit, [0, null])
  assert.equal((await store.readAll({ limit: 2_000 })).events.length, 1_003)
})

test('what is to be written is refused, and nothing is', async (context) => {
  const path = await closedStore(context)
  const before = contents(path)
  await using store = await looking(path)
  const refused = { code: 'StoreReadOnly', message: /store\.db was opened to read only/ }
  await assert.rejects(store.append('a', [event]), StoreReadOnly)
  await assert.rejects(Promise.all([store.append('a', [event]), store.append('b', [event])]), refused)
  await assert.rejects(
    store.transaction((tx) => tx.append('a', [event])),
    refused,
  )
  await assert.rejects(store.leases.acquire('l', 'h', 1_000), refused)
  await assert.rejects(sqliteStoreEngine(path, { readOnly: true }).renewEpoch(), refused)
  const broker = sqliteBroker(path, { readOnly: true })
  await assert.rejects(broker.openBroker(), {
    code: 'CannotOpenFile',
    message: /no tables of an eventwright broker/,
  })
  assert.deepEqual(contents(path), before)
})

test('what cannot be looked at says why, and nothing is made', async (context) => {
  const folder = freshFolder(context)
  const path = (name: string): string => join(folder, name)
  writeFileSync(path('notes.txt'), 'some notes, not a database\n'.repeat(100))
  writeFileSync(path('empty.db'), '')
  const other = new DatabaseSync(path('other.db'))
  other.exec('CREATE TABLE customers (id)')
  other.close()
  await (await sqliteBroker(path('broker.db')).openBroker()).close()
  for (const [name, version] of [
    ['old.db', 0],
    ['new.db', 9],
  ] as const) {
    await (await sqliteStoreEngine(path(name)).openStore()).close()
    const raw = new DatabaseSync(path(name))
    raw.prepare("UPDATE eventwright_schema SET version = ? WHERE name = 'store'").run(version)
    raw.close()
  }
  const before = readdirSync(folder)
  for (const [name, code, message] of [
    ['none.db', 'CannotOpenFile', /there is no such file/],
    ['none/store.db', 'CannotOpenFile', /there is no such file/],
    ['.', 'CannotOpenFile', /it is a folder/],
    ['notes.txt', 'NotADatabase', /not a SQLite database/],
    ['empty.db', 'CannotOpenFile', /no tables of an eventwright store/],
    ['other.db', 'CannotOpenFile', /no tables of an eventwright store/],
    ['broker.db', 'CannotOpenFile', /no tables of an eventwright store/],
    ['old.db', 'CannotOpenFile', /no tables of an eventwright store/],
    ['new.db', 'SchemaTooNew', /update @eventwright\/core/],
  ] as const) {
    await assert.rejects(looking(path(name)), { code, message }, name)
  }
  assert.deepEqual(readdirSync(folder), before)
})
