import assert from 'node:assert/strict'
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventwright as alone, folderWith, tinyFlow } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import { openTower, towerFile } from './fixtures/tower-store.ts'

test('code that cannot be used ends with its exit code before the store is looked at', async (t) => {
  const file = towerFile(t)
  await (await openTower(file)).stop()
  const cwd = folderWith(t, {
    'throws.ts': "throw new Error('no \\u001b[31mdatabase')",
    'flow.yaml': 'eventwright: 1\n',
    'good.yaml': tinyFlow(),
    'syntax.ts': 'const a = 1\nexport const b = {;',
    'outer.ts': "import './gone.ts'",
    'rejects.ts': "Promise.reject(new Error('nobody waits'))\nexport const run = []",
    'port.ts': 'export const port = 1',
  })
  const show = ['dead', 'show', 'a/b/1', '--store', `sqlite:${file}`]
  for (const [args, says, exit] of [
    [['--app', 'throws.ts'], /throws\.ts cannot be loaded: no \u241b\[31mdatabase \(\/.*throws\.ts:1\)\n/, 2],
    [['--app', 'syntax.ts'], /syntax\.ts cannot be loaded: .*token.*\(\/.*syntax\.ts:2\)\n/, 2],
    [['--app', 'outer.ts'], /outer\.ts cannot be loaded: Cannot find module .*outer\.ts\n/, 2],
    [['--app', 'rejects.ts'], /rejects\.ts cannot be loaded: nobody waits \(\/.*rejects\.ts:1\)\n$/, 2],
    [['--app', 'port.ts'], /exports no aggregate/, 2],
    [['--app', 'none.ts'], /There is no file none\.ts/, 4],
    [['--flow', 'flow.yaml'], /flow\.yaml:1:1 broken/, 2],
    [['--flow', 'none.yaml'], /none\.yaml/, 4],
    [['--flow', 'good.yaml', '--app', 'port.ts'], /not both/, 3],
    [['--flow', 'good.yaml'], /There is no dead letter/, 3],
  ] as const) {
    const { code, stderr } = await eventwright([...show, ...args], { cwd })
    assert.match(stderr, says)
    assert.equal(code, exit, args.join(' '))
  }
})

test('a scaffolded service is code as it is written: src/app.ts, and importing it opens nothing', async (t) => {
  const cwd = folderWith(t)
  symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(cwd, 'node_modules'), 'dir')
  const made = await eventwright(['scaffold', 'orders'], { cwd })
  assert.equal(made.code, 0, made.stderr)
  const before = readdirSync(join(cwd, 'orders'))
  const { code, stderr } = await eventwright(
    ['at', 'Parcel-1', '--store', 'sqlite:none.db', '--app', 'orders/src/app.ts'],
    { cwd },
  )
  assert.match(stderr, /orders\/src\/app\.ts has no aggregate Parcel.*\(it has: Order\)/)
  assert.deepEqual([code, readdirSync(join(cwd, 'orders'))], [3, before])
})

test('a module that starts a server is told, and does not hold the command', async (t) => {
  const cwd = folderWith(t, {
    'server.ts': "import { createServer } from 'node:http'\ncreateServer().listen(0)\nexport const run = []",
  })
  const store = `sqlite:${join(cwd, 'none.db')}`
  const { code, stderr } = await alone(['dead', 'show', 'x', '--store', store, '--app', 'server.ts'], { cwd })
  assert.equal(code, 2)
  assert.match(stderr, /Importing server\.ts started something that goes on \(TCPServerWrap\)/)
})
