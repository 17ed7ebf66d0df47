import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { setImmediate as nextCallback } from 'node:timers/promises'
import { connect, type SqliteConnection } from './connection.ts'
import { openSqliteFile } from './file.ts'
import { turnSnapshot } from './turn-snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-'))
after(() => rmSync(folder, { recursive: true }))

const count = (db: SqliteConnection): number =>
  db.get<{ count: number }>('SELECT count(*) AS count FROM eventwright_rows')?.count ?? 0

let name = 0
let path = ''
beforeEach(async () => {
  path = join(folder, `${++name}.db`)
  await (await openSqliteFile(path)).close()
  const other = connect(path, false)
  other.exec('PRAGMA journal_mode = WAL; CREATE TABLE eventwright_rows (n INTEGER)')
  other.close()
})

test('reads of one turn see one state, and those of the next turn what others wrote meanwhile', async () => {
  const other = connect(path, false)
  const reader = connect(path, true)
  const snapshot = turnSnapshot(reader)
  const began = performance.now()
  assert.equal(snapshot.read(count), 0)
  other.exec('INSERT INTO eventwright_rows VALUES (1)')
  // A machine that stood still in between ends the snapshot by its time.
  const again = snapshot.read(count)
  assert.ok(again === 0 || performance.now() - began > 1)
  await nextCallback()
  assert.equal(reader.inTransaction, false)
  assert.equal(snapshot.read(count), 1)
  snapshot.end()
  for (const connection of [reader, other]) connection.close()
})

test('a read that fails ends the snapshot', () => {
  const reader = connect(path, true)
  const snapshot = turnSnapshot(reader)
  assert.throws(() => snapshot.read((db) => db.get('SELECT * FROM nothing')))
  assert.equal(reader.inTransaction, false)
  reader.close()
})

test('a read after a commit of this process sees it, whoever read just before', async () => {
  const file = await openSqliteFile(path)
  const reading = file.read(count)
  const writing = file.write((db) => db.run('INSERT INTO eventwright_rows VALUES (1)'))
  assert.equal(await reading, 0)
  await writing
  assert.equal(await file.read(count), 1)
  // Also where what the commit asks of its caller reads in the middle of it.
  let during: Promise<number> | undefined
  await file.write((db) => {
    during = file.read(count)
    db.run('INSERT INTO eventwright_rows VALUES (2)')
  })
  assert.equal(await file.read(count), 2)
  assert.equal(await during, 1)
  await file.close()
})

test('a read after code that waited for another process sees what that wrote', async () => {
  const file = await openSqliteFile(path)
  assert.equal(await file.read(count), 0)
  const script = `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(path)}).exec('INSERT INTO eventwright_rows VALUES (1)')`
  spawnSync(process.execPath, ['-e', script])
  assert.equal(await file.read(count), 1)
  await file.close()
})

test('the write-ahead log starts anew although every write finds a read beside it', async () => {
  const file = await openSqliteFile(path)
  const text = 'x'.repeat(1_000_000)
  const sizes: number[] = []
  for (let round = 0; round < 80; round++) {
    const writing = file.write((db) => db.run('INSERT INTO eventwright_rows VALUES (?)', text))
    await Promise.all([file.read(count), writing])
    sizes.push(statSync(`${path}-wal`).size)
  }
  assert.ok(Math.max(...sizes) < 50_000_000, `${Math.max(...sizes)} bytes`)
  await file.close()
})
