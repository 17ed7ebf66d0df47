import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { App } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { folderWith } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'
import { openTower, TOWER, towerFile } from './fixtures/tower-store.ts'

function replay(
  file: string,
  projection: string,
  ...args: readonly string[]
): ReturnType<typeof eventwright> {
  const code = args.includes('--app') ? [] : ['--app', TOWER]
  return eventwright(['replay', projection, '--store', `sqlite:${file}`, ...code, ...args])
}

async function ring(app: App, bell: string, times: number, tenant = ''): Promise<void> {
  await app.execute({ type: 'ring', aggregate: 'bell', id: bell, data: { times, by: 'ann' } }, { tenant })
}

/** Three bells, one of them a tenant's, in both read models. */
async function belled(file: string): Promise<void> {
  await using app = await openTower(file)
  await ring(app, 'big', 2)
  await ring(app, 'big', 3)
  await ring(app, 'small', 1)
  await ring(app, 'big', 4, 'east')
  await app.execute({ type: 'tune', aggregate: 'bell', id: 'big', data: { note: 'd' } })
  await app.idle()
}

/** Does to live documents what no handler does. */
async function tampered(file: string): Promise<void> {
  const store = await sqlite(file).openStore()
  await store.transaction((tx) => {
    const live = tx.documents<object>('eventwright.projection.count@1')
    live.put('bell-big', { by: ['ann', 'eve'], rings: 6 })
    live.put('bell-none', { rings: 1, by: [] })
    live.delete('bell-small')
  })
  await store.close()
}

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

test('a read model that is as its events make it is equal, of all tenants or one, and the file is as before', async (t) => {
  const file = towerFile(t)
  await belled(file)
  const before = [hashOf(file), ...readdirSync(dirname(file))]
  const { code, stdout, stderr } = await replay(file, 'count')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^count \(version 1\) at position \d+: 3 documents, all as rebuilt\.\n$/)
  assert.match((await replay(file, 'count', '--tenant', 'east')).stdout, /: 1 document, all as rebuilt/)
  assert.match(
    (await replay(file, 'notes')).stdout,
    /^notes \(version 1\) at position \d+: 1 document, all as rebuilt/,
  )
  assert.deepEqual([hashOf(file), ...readdirSync(dirname(file))], before)
})

test('what the live one has not taken in yet is not counted as missing', async (t) => {
  const file = towerFile(t)
  await belled(file)
  const store = await sqlite(file).openStore()
  await store.append('bell-new', [{ type: 'Rung', data: { times: 1, by: 'eve' }, schemaVersion: 2 }])
  await store.append('bell-new', [{ type: 'Tuned', data: { note: 'x' } }])
  await store.close()
  assert.match((await replay(file, 'count')).stdout, /: 3 documents, all as rebuilt/)
  assert.match((await replay(file, 'notes')).stdout, /: 1 document, all as rebuilt/)
})

test('missing, surplus and different documents are told, field by field, exit 1', async (t) => {
  const file = towerFile(t)
  await belled(file)
  await tampered(file)
  const { code, stdout } = await replay(file, 'count')
  assert.equal(code, 1)
  assert.equal(
    stdout.replace(/position \d+/, 'position N'),
    'different count/bell-big\n' +
      '  by[1]: live "eve", rebuilt "ann"\n' +
      '  rings: live 6, rebuilt 5\n' +
      'surplus   count/bell-none\n' +
      '  live {"rings":1,"by":[]}, rebuilt -\n' +
      'missing   count/bell-small\n' +
      '  live -, rebuilt {"rings":1,"by":["ann"]}\n' +
      '\ncount (version 1) at position N: 3 live documents: 1 different, 1 surplus, 1 missing.\n',
  )
  const told = JSON.parse((await replay(file, 'count', '--json', '--limit', '1')).stdout)
  const { documents, missing, surplus, different, found } = told
  assert.deepEqual([documents, missing, surplus, different, found.length], [3, 1, 1, 1, 1])
  assert.deepEqual(found[0].fields[1], { path: 'rings', before: 6, after: 5 })
  assert.equal((await replay(file, 'count', '--tenant', 'east')).code, 0)
})

test('a replay beside a service that goes on writing compares what belongs together', async (t) => {
  const file = towerFile(t)
  await using app = await openTower(file)
  await ring(app, 'big', 1)
  await app.caughtUp('count')
  let isOver = false
  let round = 0
  const writing = (async () => {
    for (; !isOver; round++) {
      await Promise.all(['', 'east'].map((tenant) => ring(app, `b-${round % 5}`, 1, tenant)))
      await app.execute({ type: 'tune', aggregate: 'bell', id: `b-${round % 3}`, data: { note: `${round}` } })
    }
  })()
  const positions: number[] = []
  for (const projection of ['count', 'notes', 'count', 'notes', 'count', 'notes']) {
    const { code, stdout } = await replay(file, projection, '--json')
    assert.equal(code, 0, stdout)
    positions.push(JSON.parse(stdout).position)
    // However slow it is, it has written again and is that far before the next replay begins.
    for (const before = round; round < before + 2; ) await Promise.race([nextTurn(), writing])
    await app.caughtUp('count')
  }
  isOver = true
  await writing
  const inOrder = [...new Set(positions)].sort((one, other) => one - other)
  assert.deepEqual(positions, inOrder, 'the log went on')
})

test('the code may have another version than the live one: what it would change is told', async (t) => {
  const file = towerFile(t)
  await belled(file)
  const next = `
    import { run } from ${JSON.stringify(TOWER)}
    const count = run.find(({ name }) => name === 'count')
    export const next = { ...count, version: 2, handle: ({ stream, data }, tx) =>
      tx.documents('count').update(stream, (now = { rings: 0 }) => ({ rings: now.rings + data.times })) }`
  const cwd = folderWith(t, { 'next.ts': next })
  const { code, stdout } = await replay(file, 'count', '--app', join(cwd, 'next.ts'))
  assert.equal(code, 1)
  assert.match(stdout, /different count\/bell-big of tenant east\n {2}by: live \["ann"\], rebuilt -\n/)
  assert.match(stdout, /count \(version 2\) .*: 3 live documents: 3 different.*\nVersion 1 is live/)
})

test('with --to the log is folded up to there, and --out keeps what was built', async (t) => {
  const file = towerFile(t)
  await belled(file)
  const out = join(dirname(file), 'count.ndjson')
  const { code, stdout } = await replay(file, 'count', '--to', '1', '--out', out)
  assert.equal(code, 1)
  assert.match(stdout, /count \(version 1\) at position 1: .*\nThe live one stands at \d+/)
  const lines = readFileSync(out, 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [{ tenant: '', collection: 'count', id: 'bell-big', value: { rings: 2, by: ['ann'] } }],
  )
  const link = join(dirname(file), 'link.ndjson')
  symlinkSync(out, link)
  await replay(file, 'count', '--out', link)
  assert.ok(lstatSync(link).isSymbolicLink())
  assert.ok(readFileSync(out, 'utf8').length > lines.join().length)
  assert.ok(!readdirSync(dirname(file)).some((name) => name.endsWith('.part')))
})

test('--out writes to a pipe or a device, and never puts a file in its place', async (t) => {
  const file = towerFile(t)
  await belled(file)
  const pipe = join(dirname(file), 'pipe')
  execFileSync('mkfifo', [pipe])
  // Open for both, so that neither end waits for the other.
  const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
  t.after(() => closeSync(end))
  const { stderr } = await replay(file, 'count', '--out', pipe)
  assert.ok(lstatSync(pipe).isFIFO(), stderr)
  const bytes = Buffer.alloc(10_000)
  assert.match(bytes.toString('utf8', 0, readSync(end, bytes)), /"collection":"count"/)
})

test('what is not there, and a handler that cannot take an event, are said with their place', async (t) => {
  const file = towerFile(t)
  await belled(file)
  const empty = towerFile(t)
  await (await sqlite(empty).openStore()).close()
  const broken = `
    import { run } from ${JSON.stringify(TOWER)}
    const count = run.find(({ name }) => name === 'count')
    export const run2 = [{ ...count, handle: (event) => { if (event.version === 2) throw new Error('no second one') } }]`
  const cwd = folderWith(t, { 'broken.ts': broken })
  for (const [store, args, says, exit] of [
    [file, ['count', '--tenant', 'acme'], /no event of tenant 'acme'/, 3],
    [file, ['count', '--out', cwd], /is no file/, 3],
    [file, ['counts'], /has no projection counts \(it has: count, notes\)/, 3],
    [file, ['count', '--to', '99'], /The log ends at position \d+/, 3],
    [empty, ['count'], /No version of projection count is live/, 3],
    [
      file,
      ['count', '--app', join(cwd, 'broken.ts')],
      /projection count threw at Rung, version 2 of stream bell-big: no second one.* at position \d+/,
      2,
    ],
  ] as const) {
    const [projection = '', ...more] = args
    const { code, stdout, stderr } = await replay(store, projection, ...more)
    assert.match(stderr, says)
    assert.deepEqual([code, stdout], [exit, ''])
  }
})
