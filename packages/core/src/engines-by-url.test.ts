import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { after, test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../scripts/postgres/server.mjs'
import { brokerEngine, shownUrl, storeEngine } from './engines.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-engines-'))
after(() => rmSync(folder, { recursive: true, force: true }))

for (const [name, skip, place] of [
  ['memory:', false, async () => ({ url: 'memory:' })],
  ['sqlite:FILE', false, async () => ({ url: `sqlite:${join(folder, 'shop.db')}` })],
  ['postgres://…', withoutPostgres(), testDatabase],
] as const) {
  test(`${name} gives a store, its broker, and a new epoch`, { skip }, async () => {
    const { url, drop } = { drop: async () => {}, ...(await place()) }
    const engine = await storeEngine(url)
    assert.equal(shownUrl(engine.url), engine.url)
    const store = await engine.openStore()
    const { epoch } = store
    await store.append('a', [{ type: 'Happened', data: {} }])
    await store.close()
    assert.notEqual(await engine.renewEpoch(), epoch)
    const broker = await (await brokerEngine(url)).openBroker()
    await broker.ensureTopic('topic', { partitions: 3 })
    assert.deepEqual(await broker.topics(), [{ topic: 'topic', partitions: 3 }])
    await broker.close()
    await drop()
  })
}

test('to read only, what is not there is not made', async () => {
  const file = join(folder, 'absent.db')
  const engine = await storeEngine(`sqlite:${file}`, { readOnly: true })
  await assert.rejects(engine.openStore(), { code: 'CannotOpenFile' })
  assert.ok(!existsSync(file))
})

test('a URL that names no engine is refused with those that there are, and no secret is told', async () => {
  for (const url of ['', 'shop.db', 'sqlite:', 'mysql://me:hunter2@db/shop', 'Memory:']) {
    for (const open of [storeEngine, brokerEngine]) {
      const refused = { code: 'UnknownEngine', message: /no such (store|broker); use memory:, sqlite:FILE/ }
      await assert.rejects(open(url), refused)
      await assert.rejects(open(url), ({ message }: Error) => !message.includes('hunter2'))
    }
  }
})

test('a parameter that was mistyped is refused with the one that is near, and its value is not told', async () => {
  const refused: readonly (readonly [string, string])[] = [
    [
      'postgres://me@db/shop?shema=hunter2',
      '"shema": use schema; there are schema, prepare, listen, synchronousStandbys, and what other',
    ],
    ['postgres://me@db/shop?sslmode=require&Prepare=hunter2', '"Prepare": use prepare'],
    ['postgres://me@db/shop?aplication_name=hunter2', '"aplication_name": use application_name'],
    ['postgres://me@db/shop?colour=hunter2', '"colour": use schema, prepare, listen'],
    ['kafka://one:9092?prefx=hunter2', '"prefx": use prefix; there are prefix, tls, mechanism'],
    ['kafka://one:9092?colour=hunter2', '"colour": use prefix, tls, mechanism'],
    ['kafka://one:9092?tlss=hunter2', '"tlss": use tls'],
    ['sqlite:shop.db?mode=hunter2', 'takes no parameter "mode"; give a path alone'],
  ]
  for (const [url, said] of refused) {
    await assert.rejects(brokerEngine(url), ({ code, message }: Error & { code?: string }) => {
      assert.match(code ?? '', /^(InvalidOption|UnknownEngine)$/, url)
      assert.ok(message.includes(said), message)
      return url.startsWith('sqlite') || !message.includes('hunter2')
    })
  }
  const hosted =
    'sslmode=verify-full&channel_binding=require&application_name=shop&options=-c%20work_mem%3D8MB'
  const engine = await storeEngine(`postgres://me@db/shop?${hosted}&schema=orders&prepare=false`)
  assert.equal(engine.url, 'postgres://db:5432/shop?schema=orders')
})

test('where the package of an engine is not installed, the error says which; the others need none', () => {
  // The library with what it depends on, and nothing else.
  const library = join(folder, 'library')
  cpSync(import.meta.dirname, join(library, 'src'), { recursive: true })
  const own = join(import.meta.dirname, '../package.json')
  cpSync(own, join(library, 'package.json'))
  for (const name of Object.keys(JSON.parse(readFileSync(own, 'utf8')).dependencies)) {
    const place = join(library, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(import.meta.dirname, '../../../node_modules', name), place, 'dir')
  }
  const program = `
    import { brokerEngine, storeEngine } from './src/engines.ts'
    const said = (error) => console.log(error.code, error.message)
    await brokerEngine('kafka://me:hunter2@broker:9092').catch(said)
    await storeEngine('postgres://me:hunter2@db/shop').catch(said)
    const store = await (await storeEngine('sqlite:shop.db')).openStore()
    await store.append('a', [{ type: 'Happened', data: {} }])
    await store.close()
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: library,
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  })
  assert.deepEqual(
    stdout.trim().split('\n'),
    [
      'EngineNotInstalled kafka://broker:9092 needs the package @platformatic/kafka, which is not installed: npm install @platformatic/kafka',
      'EngineNotInstalled postgres://db/shop needs the package pg, which is not installed: npm install pg',
    ],
    stderr,
  )
})
