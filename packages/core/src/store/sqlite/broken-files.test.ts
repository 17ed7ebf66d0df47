import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { sqliteBroker } from '../../broker/index.ts'
import { sqliteStoreEngine } from './index.ts'

function freshFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-broken-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A store and a broker in one file, closed, with so many events. */
async function make(path: string, events = 3): Promise<void> {
  const store = await sqliteStoreEngine(path).openStore()
  const broker = await sqliteBroker(path).openBroker()
  const event = { type: 'Happened', data: { text: 'x'.repeat(500) } }
  await store.append(
    'a',
    Array.from({ length: events }, () => event),
  )
  await broker.close()
  await store.close()
}

function change(path: string, sql: string): void {
  const raw = new DatabaseSync(path)
  raw.exec(sql)
  raw.close()
}

/** What makes the file, and what is said when it is opened. */
type Broken = readonly [prepare: (path: string) => Promise<unknown> | unknown, code: string, says: RegExp]

const FOREIGN = /is a database of another program, with the tables "albums", "artists", "labels" and 1 more:/

const BROKEN: { readonly [what: string]: Broken } = {
  'a text file': [
    (path) => writeFileSync(path, 'some notes, not a database\n'.repeat(100)),
    'NotADatabase',
    /is not a SQLite database/,
  ],
  'a folder': [(path) => mkdirSync(path), 'CannotOpenFile', /it is a folder/],
  'a database of another program': [
    (path) =>
      change(
        path,
        ['albums', 'artists', 'labels', 'tracks'].map((name) => `CREATE TABLE ${name} (id);`).join(''),
      ),
    'CannotOpenFile',
    FOREIGN,
  ],
  'one that has a table called like ours': [
    (path) => change(path, 'CREATE TABLE eventwright_events (theirs)'),
    'CannotOpenFile',
    /another program, with the tables "eventwright_events":/,
  ],
  'a file of a release that is two newer': [
    async (path) => {
      await make(path)
      change(path, 'UPDATE eventwright_schema SET version = 99')
    },
    'SchemaTooNew',
    /are at version 99, this release knows \d+ .*: update @eventwright\/core/,
  ],
  'a file that was cut off': [
    async (path) => {
      await make(path, 500)
      truncateSync(path, statSync(path).size >> 1)
    },
    'CannotOpenFile',
    /the database in it is damaged, restore it from a copy/,
  ],
  'a file without its beginning': [
    async (path) => {
      await make(path)
      writeFileSync(path, Buffer.concat([Buffer.alloc(100), readFileSync(path).subarray(100)]))
    },
    'NotADatabase',
    /is not a SQLite database/,
  ],
}

/** Everything in the folder, byte for byte. */
function contents(folder: string): unknown {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => [
    join(entry.parentPath, entry.name),
    entry.isFile() ? readFileSync(join(entry.parentPath, entry.name)).toString('base64') : 'folder',
  ])
}

for (const [what, [prepare, code, message]] of Object.entries(BROKEN)) {
  test(`${what} is refused by store and broker, and not a byte is changed`, async (context) => {
    const folder = freshFolder(context)
    const path = join(folder, 'shop.db')
    await prepare(path)
    const before = contents(folder)
    await assert.rejects(sqliteStoreEngine(path).openStore(), (error: Error) => {
      assert.ok(error.message.includes(path), error.message)
      assert.match(error.message, message)
      return 'code' in error && error.code === code
    })
    await assert.rejects(sqliteBroker(path).openBroker(), { code, message })
    await assert.rejects(sqliteStoreEngine(path).renewEpoch(), { code, message })
    assert.deepEqual(contents(folder), before)
  })
}

test('what is no file at a path is refused in its own words, to read and to write, and holds nothing up', async (context) => {
  const folder = freshFolder(context)
  const at = (name: string): string => join(folder, name)
  symlinkSync('loop.db', at('loop.db'))
  writeFileSync(at('file'), '')
  assert.equal(spawnSync('mkfifo', [at('pipe.db')]).status, 0)
  const refused: readonly (readonly [string, RegExp])[] = [
    [at('pipe.db'), /pipe\.db: it is a device, a pipe or a socket, name a file$/],
    ['/dev/null', /it is a device/],
    [at('loop.db'), /loop\.db: its links lead in a circle$/],
    [at('x'.repeat(300)), /its name is too long$/],
    [at('file/shop.db'), /(file is no folder|there is no such file, and reading makes none)$/],
  ]
  const before = contents(folder)
  for (const [path, message] of refused) {
    for (const readOnly of [true, false]) {
      const opening = sqliteStoreEngine(path, { readOnly }).openStore()
      await assert.rejects(opening, { code: 'CannotOpenFile', message })
    }
  }
  assert.deepEqual(contents(folder), before)
})

test('a path with the signs of a URL names the file that it says', async (context) => {
  const folder = freshFolder(context)
  const names = ['?mode=memory.db', 'a#b%20c&d.db', '%zz.db', 'file:x.db', 'with space, ünï 漢字.db']
  for (const name of names) {
    await make(join(folder, name))
    const store = await sqliteStoreEngine(join(folder, name), { readOnly: true }).openStore()
    assert.equal(await store.head(), 3, name)
    await store.close()
  }
  assert.deepEqual(readdirSync(folder).sort(), names.toSorted())
})

test('tables that a program put beside ours later are no reason to refuse', async (context) => {
  const path = join(freshFolder(context), 'shop.db')
  await make(path)
  change(path, 'CREATE TABLE albums (id)')
  const store = await sqliteStoreEngine(path).openStore()
  assert.equal(await store.head(), 3)
  await store.close()
})

/** Opens each file as a user who is not its owner: what store and broker say. */
function openAsAStranger(paths: readonly string[]): readonly string[] {
  const script = `
    import { sqliteBroker } from ${JSON.stringify(import.meta.resolve('../../broker/index.ts'))}
    import { sqliteStoreEngine } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
    if (process.getuid() === 0) process.setuid(65534)
    const said = []
    for (const path of process.argv.slice(1))
      for (const open of [() => sqliteStoreEngine(path).openStore(), () => sqliteBroker(path).openBroker()])
        await open().then(
          (opened) => opened.close().then(() => said.push('opened')),
          (error) => said.push(error.code + ': ' + error.message),
        )
    console.log(JSON.stringify(said))`
  const args = ['--input-type=module', '--eval', script, ...paths]
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
  assert.equal(child.status, 0, child.stderr)
  return JSON.parse(child.stdout)
}

test('a file or a folder that this user may only read is refused, and not a byte is changed', async (context) => {
  const folder = freshFolder(context)
  const rights: readonly (readonly [number, number])[] = [
    [0o444, 0o777],
    [0o666, 0o555],
    [0o444, 0o555],
    [0o666, 0o777],
  ]
  const paths: string[] = []
  chmodSync(folder, 0o755)
  for (const [file, inside] of rights) {
    const own = mkdtempSync(join(folder, 'own-'))
    paths.push(join(own, 'shop.db'))
    await make(join(own, 'shop.db'))
    chmodSync(join(own, 'shop.db'), file)
    chmodSync(own, inside)
  }
  const before = contents(folder)
  const said = openAsAStranger(paths)
  assert.deepEqual(said.slice(6), ['opened', 'opened'], 'with the right to write')
  for (const refusal of said.slice(0, 6)) {
    assert.match(refusal, /^CannotOpenFile: cannot open .*shop\.db: this user may not (read and )?write it/)
  }
  assert.deepEqual(contents(folder), before)
  for (const path of paths) chmodSync(join(path, '..'), 0o777)
})
