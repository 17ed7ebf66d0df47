import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { sqlite } from '@eventwright/core/sqlite'
import { folderWith, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

// Refused twice: a command record that the first run left must not answer the second run's command.
const FLOW = tinyFlow('require: { Never: cmd.thingId != "t-2" }, emit: Made').replace(
  'scenarios:\n',
  `scenarios:
  it is never made: { when: [{ Make: { thingId: t-2 }, id: c-1 }], then: { refusals: [Make: Never] } }
`,
)

async function typesIn(file: string, tenant: string): Promise<readonly string[]> {
  const store = await sqlite(file).openStore()
  try {
    const { events } = await store.readAll({ tenant })
    return events.map(({ type }) => type)
  } finally {
    await store.close()
  }
}

test('two runs on one file keep what happened, each scenario of each run under a tenant of its own', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': FLOW })
  const args = ['run', 'tiny.yaml', '--store', 'sqlite:kept.db', '--broker', 'sqlite:kept.db']
  for (const _run of [1, 2]) {
    const { code, stdout, stderr } = await eventwright(args, { cwd })
    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /^tiny on sqlite:kept\.db and sqlite:kept\.db\n/)
    assert.match(stdout, /2 passed, 0 failed/)
  }
  const file = join(cwd, 'kept.db')
  assert.deepEqual(await typesIn(file, 'it-is-made'), ['Made'])
  assert.deepEqual(await typesIn(file, 'it-is-made~2'), ['Made'])
  assert.deepEqual(await typesIn(file, 'it-is-made~3'), [])
})

for (const [named, args] of [
  ['only a store', ['--store', 'sqlite:store.db']],
  ['only a broker', ['--broker', 'sqlite:broker.db']],
  ['two files', ['--store', 'sqlite:store.db', '--broker', 'sqlite:broker.db']],
  ['memory', ['--store', 'memory:', '--broker', 'memory:']],
  ['only a store in memory', ['--store', 'memory:']],
] as const) {
  test(`with ${named} the worked saga runs twice, and no other file is left`, async (t) => {
    const cwd = folderWith(t)
    const temporary = folderWith(t)
    for (const _run of [1, 2]) {
      const options = ['--scenario', 'all as it says', 'what then', ...args]
      const { code, stdout, stderr } = await eventwright(
        ['run', join(import.meta.dirname, 'fixtures/told.yaml'), ...options],
        {
          cwd,
          env: { TMPDIR: temporary },
        },
      )
      assert.equal(code, 0, stdout + stderr)
      assert.match(stdout, /1 passed, 0 failed, 1 open\n$/)
    }
    const files = args.filter((arg) => arg.startsWith('sqlite:')).map((url) => url.slice('sqlite:'.length))
    assert.deepEqual(readdirSync(cwd).sort(), [...files].sort())
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith('eventwright')),
      [],
    )
  })
}

test('where temporary files have no folder a run without a store is told so, exit 4', async (t) => {
  const TMPDIR = join(folderWith(t), 'gone')
  const { code, stderr } = await eventwright(['run', 'told.yaml'], { env: { TMPDIR } })
  assert.match(stderr, /^eventwright: .*no such file or directory.*gone/)
  assert.equal(code, 4)
})

async function refused(url: string, cwd: string, message: RegExp, code: number): Promise<void> {
  const option = url.includes('folder') ? '--broker' : '--store'
  const end = await eventwright(['run', 'tiny.yaml', option, url], { cwd })
  assert.match(end.stderr, message)
  assert.equal(end.stderr.trimEnd().split('\n').length, 1, end.stderr)
  assert.equal(end.code, code)
}

test('a file that is no database, a folder, and a folder that is not there are told, exit 4', async (t) => {
  const cwd = folderWith(t, {
    'tiny.yaml': FLOW,
    'notes.txt': 'no database at all, but a text\n'.repeat(200),
  })
  mkdirSync(join(cwd, 'folder'))
  await refused('sqlite:notes.txt', cwd, /notes\.txt is not a SQLite database/, 4)
  await refused('sqlite:folder', cwd, /cannot open .*folder: it is a folder/, 4)
  await refused('sqlite:nowhere/shop.db', cwd, /the folder .*nowhere does not exist/, 4)
  assert.deepEqual(readdirSync(cwd).sort(), ['folder', 'notes.txt', 'tiny.yaml'])
})

test('a store that may only be read is told, exit 4', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': FLOW })
  writeFileSync(join(cwd, 'shop.db'), '')
  chmodSync(join(cwd, 'shop.db'), 0o400)
  // Permissions do not bind root; a file system of the kernel's does.
  const url = process.getuid?.() === 0 ? 'sqlite:/proc/shop.db' : 'sqlite:shop.db'
  await refused(url, cwd, /cannot open .*shop\.db/, 4)
})

test('a URL of no engine is a wrong use, exit 3, and nothing is made', async (t) => {
  const cwd = folderWith(t, { 'tiny.yaml': FLOW })
  for (const url of ['shop.db', 'sqlite:', 'mysql://localhost/folder']) {
    await refused(url, cwd, /no such (store|broker); use memory:/, 3)
  }
  assert.equal(existsSync(join(cwd, 'shop.db')), false)
})
