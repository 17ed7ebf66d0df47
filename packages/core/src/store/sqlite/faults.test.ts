import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import type { SqliteConnection } from './connection.ts'
import { openSqliteFile } from './file.ts'
import { sqliteStoreEngine } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-faults-'))
after(() => rmSync(folder, { recursive: true }))

const event = (text: string, id?: string) => ({ type: 'Happened', data: { text }, ...(id && { id }) })
const large = event('x'.repeat(400_000))

test('a full disk is StorageFailed, harms no neighbour in the flush, and is over when there is space', async () => {
  const path = join(folder, 'full.db')
  const store = await sqliteStoreEngine(path).openStore()
  const file = await openSqliteFile(path)
  await store.append('a', [event('1')])
  const used = await file.write((db) => db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0)
  await file.write((db) => db.exec(`PRAGMA max_page_count = ${used + 40}`))
  const answers = await Promise.allSettled([
    store.append('a', [event('2')]),
    store.append('large', [large]),
    store.transaction(async (tx) => {
      await tx.append('half', [event('fits')])
      tx.documents('d').put('x', large)
    }),
    store.append('a', [event('3')]),
    store.append('b', [event('4')]),
  ])
  assert.deepEqual(
    answers.map((answer) =>
      answer.status === 'rejected' ? answer.reason.code : (answer.value ?? { version: 0 }).version,
    ),
    [2, 'StorageFailed', 'StorageFailed', 3, 1],
  )
  assert.deepEqual(
    (await store.readAll()).events.map(({ stream, version }) => `${stream} ${version}`),
    ['a 1', 'a 2', 'a 3', 'b 1'],
    'what fits is written in the order of arrival',
  )
  await file.write((db) => db.exec(`PRAGMA max_page_count = ${used + 4_000}`))
  assert.equal((await store.append('large', [large])).version, 1)
  await file.close()
  await store.close()
})

test('a disk that fails a commit leaves its outcome unknown; what stood before is still read', () => {
  const path = join(folder, 'limit.db')
  const script = `
    import { sqliteStoreEngine } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    const store = await sqliteStoreEngine(${JSON.stringify(path)}).openStore()
    const text = 'x'.repeat(20000)
    let told = 0
    const codes = []
    try {
      for (;;) told = (await store.append('a', [{ type: 'Happened', data: { text } }])).version
    } catch (error) {
      codes.push(error.code)
    }
    for (const { reason } of await Promise.allSettled([1, 2].map((n) => store.append('b', [{ type: 'Happened', data: { text, n } }]))))
      codes.push(reason?.code)
    const { version, events } = await store.read('a')
    await store.close()
    console.log(JSON.stringify({ told, codes, version, read: events.length }))`
  // Files of this process end at 400 blocks; writes beyond fail, as on a broken disk.
  const child = spawnSync(
    'sh',
    ['-c', 'ulimit -f 400; exec "$0" --input-type=module --eval "$1"', process.execPath, script],
    {
      encoding: 'utf8',
      timeout: 120_000,
    },
  )
  assert.equal(child.status, 0, child.stderr)
  const { told, codes, version, read } = JSON.parse(child.stdout)
  assert.ok(told > 1)
  assert.deepEqual(codes, ['UnknownOutcomeError', 'UnknownOutcomeError', 'UnknownOutcomeError'])
  assert.ok(version === told || version === told + 1, 'every append that was told stands')
  assert.equal(read, version)
})

test('a commit that the database refuses fails all its writes, and the next one goes on', {
  timeout: 10_000,
}, async () => {
  const file = await openSqliteFile(join(folder, 'refused.db'))
  await file.migrate('t', [
    {
      version: 1,
      sql: `CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)`,
    },
  ])
  const insert = (parent: number) => file.write((db) => db.run('INSERT INTO child VALUES (?)', parent))
  const answers = await Promise.allSettled([
    insert(7),
    file.write((db) => db.run('INSERT INTO parent VALUES (1)')),
  ])
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  await file.write((db) => db.run('INSERT INTO parent VALUES (2)'))
  await insert(2)
  const rows = await file.read((db) => db.all<{ id: number }>('SELECT id FROM parent'))
  assert.deepEqual(
    rows.map(({ id }) => id),
    [2],
  )
  await file.close()
})

test('a database that is damaged says so, when it is opened or where it is read', async () => {
  const damages = [
    ['cut off', 'CannotOpenFile', (path: string, size: number) => truncateSync(path, size >> 1)],
    ['a short rest', 'CannotOpenFile', (path: string) => truncateSync(path, 50)],
    ['without a header', 'NotADatabase', (path: string) => overwrite(path, 0, Buffer.alloc(100))],
    [
      'torn',
      'StorageFailed',
      (path: string, size: number) => overwrite(path, size >> 2, Buffer.alloc(size >> 1, 0xff)),
    ],
  ] as const
  for (const [what, code, damage] of damages) {
    const path = join(folder, `${what}.db`)
    const engine = sqliteStoreEngine(path)
    const store = await engine.openStore()
    await store.append(
      'a',
      Array.from({ length: 2_000 }, (_, n) => event(`${n}`.repeat(20))),
    )
    await store.close()
    damage(path, statSync(path).size)
    const reading = async () => {
      const damaged = await engine.openStore()
      try {
        await damaged.readAll({ limit: Number.POSITIVE_INFINITY })
      } finally {
        await damaged.close()
      }
    }
    await assert.rejects(reading(), { code, message: /damaged|not a SQLite database/ }, what)
  }
})

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}

test('a read sees one snapshot, and a reader elsewhere holds up no writer', { timeout: 10_000 }, async () => {
  const path = join(folder, 'snapshot.db')
  const file = await openSqliteFile(path)
  await file.migrate('t', [{ version: 1, sql: 'CREATE TABLE t (a INTEGER)' }])
  const other = new DatabaseSync(path, { timeout: 0 })
  const count = 'SELECT count(*) AS n FROM t'
  const seen = await file.read((db) => {
    const before = db.get<{ n: number }>(count)?.n
    other.exec('INSERT INTO t VALUES (1)')
    return [before, db.get<{ n: number }>(count)?.n]
  })
  assert.deepEqual(seen, [0, 0])
  other.exec('BEGIN')
  assert.equal(other.prepare(count).get()?.n, 1)
  await file.write((db) => db.run('INSERT INTO t VALUES (2)'))
  assert.equal(other.prepare(count).get()?.n, 1)
  other.close()
  const settings = await file.write((db) => [
    db.get<{ journal_mode: string }>('PRAGMA journal_mode')?.journal_mode,
    db.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous,
  ])
  assert.deepEqual(settings, ['wal', 2])
  await file.close()
})

test('a commit is synced unless all that it holds is quiet, and a file that is opened as normal never is', async () => {
  const path = join(folder, 'synced.db')
  const level = (db: SqliteConnection) => db.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous
  const file = await openSqliteFile(path)
  assert.equal(await file.write(level), 2)
  assert.equal(await file.write(level, { quiet: true }), 1)
  assert.deepEqual(await Promise.all([file.write(level, { quiet: true }), file.write(level)]), [2, 2])
  await file.close()
  const normal = await openSqliteFile(path, { synchronous: 'normal' })
  assert.equal(await normal.write(level), 1)
  const full = await openSqliteFile(path)
  assert.equal(await normal.write(level), 2)
  await full.close()
  await normal.close()
  const off = await openSqliteFile(path, { synchronous: 'off' })
  assert.equal(await off.write(level), 0)
  const beside = await openSqliteFile(path, { synchronous: 'normal' })
  assert.equal(await off.write(level), 1)
  await beside.close()
  await off.close()
})
