import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSqliteFile } from './file.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-file-'))
after(() => rmSync(folder, { recursive: true }))
const table = [{ version: 1, sql: 'CREATE TABLE t (a INTEGER UNIQUE)' }]

test('writes share a commit and a throw undoes only its own', async () => {
  await using stack = new AsyncDisposableStack()
  const file = stack.adopt(await openSqliteFile(join(folder, 'share.db')), (open) => open.close())
  await file.migrate('t', table)
  const before = file.commits()
  const answers = await Promise.allSettled([
    file.write((db) => db.run('INSERT INTO t VALUES (1)')),
    file.write((db) => {
      db.run('INSERT INTO t VALUES (2)')
      throw new Error('no')
    }),
    file.write((db) => db.run('INSERT INTO t VALUES (3)')),
  ])
  assert.deepEqual(
    answers.map((answer) => answer.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.equal(file.commits(), before + 1)
  const rows = await file.read((db) => db.all<{ a: number }>('SELECT a FROM t ORDER BY a'))
  assert.deepEqual(
    rows.map((row) => row.a),
    [1, 3],
  )
})

test('a lock held by another is waited for without blocking the event loop', async () => {
  const path = join(folder, 'busy.db')
  await using stack = new AsyncDisposableStack()
  const file = stack.adopt(await openSqliteFile(path), (open) => open.close())
  await file.migrate('t', table)
  const other = stack.adopt(new DatabaseSync(path, { timeout: 0 }), (open) => open.close())
  other.exec('BEGIN IMMEDIATE')
  const gaps: number[] = []
  let last = performance.now()
  const tick = (): void => {
    gaps.push(performance.now() - last)
    last = performance.now()
  }
  stack.adopt(setInterval(tick, 1), clearInterval)
  const writing = file.write((db) => db.run('INSERT INTO t VALUES (1)'))
  while (gaps.length <= 20) await sleep(1)
  other.exec('COMMIT')
  assert.equal(await writing, 1)
  // One that waits inside SQLite stands still for its whole time-out, seconds; a loaded machine does not.
  assert.ok(Math.max(...gaps) < 2000, `the event loop stood still for ${Math.max(...gaps)} ms`)
})

test('a writer elsewhere finds the lock free whenever this event loop turns', async () => {
  const path = join(folder, 'turns.db')
  await using stack = new AsyncDisposableStack()
  const file = stack.adopt(await openSqliteFile(path), (open) => open.close())
  await file.migrate('t', table)
  const other = stack.adopt(new DatabaseSync(path, { timeout: 0 }), (open) => open.close())
  let left = 20
  const write = async (lane: number): Promise<void> => {
    for (let n = 0; n < 10; n++) await file.write((db) => db.run('INSERT INTO t VALUES (?)', lane * 10 + n))
    left--
  }
  const writing = Promise.all(Array.from({ length: left }, (_, lane) => write(lane)))
  const locked: unknown[] = []
  for (let turn = 1; left > 0; turn++) {
    try {
      other.exec('BEGIN IMMEDIATE; COMMIT')
    } catch (error) {
      locked.push(error)
    }
    await (turn % 5 === 0 ? new Promise(setImmediate) : Promise.resolve())
  }
  await writing
  assert.deepEqual(locked, [])
  assert.equal((await file.read((db) => db.get<{ n: number }>('SELECT count(*) AS n FROM t')))?.n, 200)
})

test('a write that fails, alone or among others, leaves the lock free and nothing of it written', async () => {
  const path = join(folder, 'failing.db')
  await using stack = new AsyncDisposableStack()
  const file = stack.adopt(await openSqliteFile(path), (open) => open.close())
  await file.migrate('t', table)
  const other = stack.adopt(new DatabaseSync(path, { timeout: 0 }), (open) => open.close())
  const failing = (): Promise<void> =>
    file.write((db) => {
      db.run('INSERT INTO t VALUES (1)')
      throw new Error('on purpose')
    })
  await assert.rejects(failing(), /on purpose/)
  other.exec('BEGIN IMMEDIATE; COMMIT')
  await Promise.all([assert.rejects(failing(), /on purpose/), assert.rejects(failing(), /on purpose/)])
  other.exec('BEGIN IMMEDIATE; COMMIT')
  assert.equal((await file.read((db) => db.get<{ n: number }>('SELECT count(*) AS n FROM t')))?.n, 0)
})

test('commits of others are seen, and told to listeners', async () => {
  const path = join(folder, 'others.db')
  await using stack = new AsyncDisposableStack()
  const file = stack.adopt(await openSqliteFile(path), (open) => open.close())
  await file.migrate('t', table)
  const before = file.commits()
  const told = new Promise<void>((resolve) => file.onCommit(resolve))
  const other = stack.adopt(new DatabaseSync(path, { timeout: 0 }), (open) => open.close())
  other.exec('INSERT INTO t VALUES (7)')
  assert.equal(file.commits(), before + 1)
  await told
  assert.equal(file.commits(), before + 1)
})

test('a path, its link and a second opening are one file, which closes with its last user', async () => {
  const path = join(folder, 'linked.db')
  const first = await openSqliteFile(path)
  symlinkSync(path, join(folder, 'link.db'))
  const second = await openSqliteFile(join(folder, 'link.db'))
  assert.equal(first.resource, second.resource)
  await first.close()
  await first.close()
  await second.migrate('t', table)
  assert.equal(await second.write((db) => db.run('INSERT INTO t VALUES (1)')), 1)
  await second.close()
  await assert.rejects(
    second.read(() => 1),
    { code: 'CannotOpenFile' },
  )
})

test('writes that were queued before close are done', async () => {
  const file = await openSqliteFile(join(folder, 'close.db'))
  await file.migrate('t', table)
  const writing = file.write((db) => db.run('INSERT INTO t VALUES (1)'))
  await file.close()
  assert.equal(await writing, 1)
})

test('tables one release newer are accepted, two are refused', async () => {
  const path = join(folder, 'newer.db')
  await using stack = new AsyncDisposableStack()
  const file = stack.adopt(await openSqliteFile(path), (open) => open.close())
  await file.migrate('t', [...table, { version: 2, sql: 'CREATE TABLE u (a)' }])
  await file.migrate('t', table)
  await file.migrate('t', [...table, { version: 2, sql: '' }, { version: 3, sql: 'CREATE TABLE v (a)' }])
  await assert.rejects(file.migrate('t', table), { code: 'SchemaTooNew' })
})

test('what cannot be opened says why', async () => {
  const text = join(folder, 'text.txt')
  writeFileSync(text, 'not a database, and longer than a header of one '.repeat(50))
  await assert.rejects(openSqliteFile(text), { code: 'NotADatabase' })
  await assert.rejects(openSqliteFile(folder), { code: 'CannotOpenFile', message: /folder/ })
  await assert.rejects(openSqliteFile(join(folder, 'no', 'x.db')), {
    code: 'CannotOpenFile',
    message: /does not exist/,
  })
  await assert.rejects(openSqliteFile(':memory:'), { code: 'CannotOpenFile', message: /memory\(\)/ })
  await assert.rejects(openSqliteFile(text), { code: 'NotADatabase' })
})
