import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { eventwright as app } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { folderWith, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import { TOWER } from './fixtures/tower-store.ts'

/** Every command that opens a store, but for the store. */
const COMMANDS: readonly (readonly string[])[] = [
  ['run', 'tiny.yaml'],
  ['log'],
  ['at', 'bell-big', '--app', TOWER],
  ['trace', 'bell-big'],
  ['replay', 'count', '--app', TOWER],
  ['dead', 'list'],
  ['dead', 'show', 'bells/big/1'],
  ['dead', 'redrive', '--all'],
  ['dead', 'drop', '--all', '--reason', 'none', '--yes'],
  ['epoch', 'new'],
  ['epoch', 'accept', '--consumer', 'bells'],
]

/** A whole store and broker, closed. */
async function make(path: string): Promise<void> {
  const opened = await app({ store: sqlite(path), run: [] })
  const event = { type: 'Happened', data: { text: 'x'.repeat(500) } }
  await opened.store.append(
    'a',
    Array.from({ length: 300 }, () => event),
  )
  await opened.stop()
}

function change(path: string, sql: string): void {
  const raw = new DatabaseSync(path)
  raw.exec(sql)
  raw.close()
}

/** What makes the file, and what all commands say of it. */
const BROKEN: { readonly [what: string]: readonly [(path: string) => unknown, RegExp] } = {
  'a text file': [
    (path) => writeFileSync(path, 'some notes, not a database\n'.repeat(100)),
    /shop\.db is not a SQLite database/,
  ],
  'a folder': [(path) => mkdirSync(path), /shop\.db: it is a folder/],
  "another program's database": [
    (path) => change(path, 'CREATE TABLE albums (id)'),
    /shop\.db: it (is a database of another program|holds no tables of an eventwright)/,
  ],
  'a file of a release that is two newer': [
    async (path) => {
      await make(path)
      change(path, 'UPDATE eventwright_schema SET version = 99')
    },
    /shop\.db: the tables of ".*" are at version 99.*update @eventwright\/core/,
  ],
  'a file that was cut off': [
    async (path) => {
      await make(path)
      truncateSync(path, statSync(path).size >> 1)
    },
    /shop\.db: the database (in it )?is damaged/,
  ],
}

function contents(folder: string): unknown {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => [
    entry.name,
    entry.isFile() ? readFileSync(join(folder, entry.name)).toString('base64') : 'folder',
  ])
}

for (const [what, [prepare, says]] of Object.entries(BROKEN)) {
  test(`${what} as a store: every command says so, exit 4, and not a byte is changed`, async (t) => {
    const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
    await prepare(join(cwd, 'shop.db'))
    const before = contents(cwd)
    for (const command of COMMANDS) {
      const { code, stdout, stderr } = await eventwright([...command, '--store', 'sqlite:shop.db'], { cwd })
      assert.match(stderr, says, command.join(' '))
      assert.equal(code, 4, `${command.join(' ')}: ${stderr}`)
      // What is run on what is all that run can say.
      assert.match(stdout, /^(tiny on .*\n\n)?$/, command.join(' '))
      assert.deepEqual(contents(cwd), before, command.join(' '))
    }
  })
}

test('where there is no store yet, in an empty file or a broker alone, no command but run makes one', async (t) => {
  const cwd = folderWith(t, { 'empty.db': '', 'tiny.yaml': tinyFlow() })
  const broker = await sqlite(join(cwd, 'broker.db')).openBroker()
  await broker.close()
  const before = contents(cwd)
  for (const file of ['empty.db', 'broker.db']) {
    for (const command of COMMANDS.slice(1)) {
      const { code, stderr } = await eventwright([...command, '--store', `sqlite:${file}`], { cwd })
      assert.match(stderr, /it holds no tables of an eventwright store/, command.join(' '))
      assert.equal(code, 4, command.join(' '))
    }
  }
  assert.deepEqual(contents(cwd), before)
})

test('a store that is not there is made by run alone', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': tinyFlow() })
  for (const command of COMMANDS.slice(1)) {
    const { code, stderr } = await eventwright([...command, '--store', 'sqlite:shop.db'], { cwd })
    assert.match(stderr, /there is no such file/, command.join(' '))
    assert.equal(code, 4, command.join(' '))
  }
  assert.deepEqual(readdirSync(cwd), ['tiny.yaml'])
})
