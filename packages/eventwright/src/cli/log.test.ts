import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { type EventStore, fromCloudEvent, isStored, type NewEvent } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { ended, folderWith, start } from './fixtures/command.ts'
import { eventwright } from './fixtures/one-process.ts'

const START = Date.UTC(2026, 0, 1)

interface Shop {
  readonly url: string
  readonly file: string
}

/** A store whose clock goes on by a second with each call. */
async function shopWith(test: TestContext, fill: (store: EventStore) => Promise<unknown>): Promise<Shop> {
  const file = join(folderWith(test), 'shop.db')
  let now = START - 1000
  const clock = { now: () => (now += 1000), at: () => () => {} }
  const store = await sqlite(file, { synchronous: 'normal' }).openStore({ clock })
  await fill(store)
  await store.close()
  return { file, url: `sqlite:${file}` }
}

const placed = (n: number, more: Partial<NewEvent> = {}): NewEvent => ({
  type: 'OrderPlaced',
  data: { n },
  metadata: { correlationId: `c-${n}` },
  ...more,
})

const aDay = (test: TestContext): Promise<Shop> =>
  shopWith(test, async (store) => {
    await store.append('Order-o-1', [placed(1)])
    await store.append('Order-o-2', [placed(2, { schemaVersion: 3 })])
    await store.append('command:Order-o-1', [
      { type: 'eventwright.CommandHandled', data: { outcome: 'events' } },
    ])
    await store.append('Order-o-1', [
      { type: 'OrderConfirmed', data: {}, metadata: { correlationId: 'c-1' } },
    ])
    await store.append('Order-o-1', [placed(3)], { tenant: 'acme' })
    await store.append('Stock-mug', [{ type: 'StockAdded', data: { text: 'x'.repeat(500) } }])
  })

async function positions(url: string, ...more: readonly string[]): Promise<readonly number[]> {
  const { code, stdout, stderr } = await eventwright(['log', '--store', url, ...more])
  assert.equal(code, 0, stderr)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.trim().split(' ')[0]))
}

test('log shows a line an event: position, time, stream and version, type, and the payload, cut where it is long', async (t) => {
  const { url, file } = await aDay(t)
  const { code, stdout, stderr } = await eventwright(['log', '--store', url])
  assert.equal(code, 0)
  assert.equal(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  assert.equal(lines[0], '       1  2026-01-01T00:00:00.000Z  Order-o-1@1  OrderPlaced  {"n":1}')
  assert.match(lines[1] ?? '', / {2}Order-o-2@1 {2}OrderPlaced\.v3 {2}\{"n":2\}$/)
  assert.match(lines[3] ?? '', / {2}acme\/Order-o-1@1 {2}OrderPlaced/)
  assert.match(lines[4] ?? '', /\{"text":"x{100,150}…$/)
  assert.equal(lines.length, 5)
  const bare = await eventwright(['log', '--store', url, '--no-data'])
  assert.doesNotMatch(bare.stdout, /[{}]/)
  assert.deepEqual(readdirSync(join(file, '..')), ['shop.db'])
})

test('log is filtered by stream, type, time, conversation and tenant, from either end', async (t) => {
  const { url } = await aDay(t)
  const asked: readonly (readonly [readonly string[], readonly number[]])[] = [
    [[], [1, 2, 4, 5, 6]],
    [['--technical'], [1, 2, 3, 4, 5, 6]],
    [
      ['--stream', 'Order-o-1'],
      [1, 4, 5],
    ],
    [['--stream', 'Order-o-1', '--tenant', 'acme'], [5]],
    [
      ['--tenant', ''],
      [1, 2, 4, 6],
    ],
    [
      ['--type', 'OrderConfirmed', 'StockAdded'],
      [4, 6],
    ],
    [['--type', 'eventwright.CommandHandled'], [3]],
    [
      ['--correlation', 'c-1'],
      [1, 4],
    ],
    [
      ['--since', '2026-01-01T00:00:03Z'],
      [4, 5, 6],
    ],
    [
      ['--until', '2026-01-01 00:00:01'],
      [1, 2],
    ],
    [
      ['--since', '2026-01-01T02:00:01+02:00', '--until', '2026-01-01T00:00:04Z'],
      [2, 4, 5],
    ],
    [['--since', '1w', '--until', '2100-01-01'], Date.now() - START < 604_800_000 ? [1, 2, 4, 5, 6] : []],
    [
      ['--limit', '3'],
      [1, 2, 4],
    ],
    [
      ['--last', '4'],
      [2, 4, 5, 6],
    ],
    [
      ['--last', '4', '--technical'],
      [3, 4, 5, 6],
    ],
    [['--last', '1', '--stream', 'Order-o-1', '--tenant', ''], [4]],
  ]
  for (const [options, expected] of asked)
    assert.deepEqual(await positions(url, ...options), expected, options.join(' '))
})

test('log --json prints stored CloudEvents, one a line, that read back as the events', async (t) => {
  const { url, file } = await aDay(t)
  const args = ['log', '--store', url, '--json', '--technical', '--namespace', 'com.example.shop']
  const { stdout } = await eventwright(args)
  const envelopes = stdout
    .trimEnd()
    .split('\n')
    .map((line) => fromCloudEvent(line))
  assert.ok(envelopes.every(isStored))
  const store = await sqlite(file, { readOnly: true }).openStore()
  const { events } = await store.readAll()
  await store.close()
  assert.deepEqual(
    envelopes.map(({ event }) => event),
    events.map((event) => ({ ...event, metadata: { correlationId: event.id, ...event.metadata } })),
  )
  assert.deepEqual([...new Set(envelopes.map(({ source }) => source))], ['/services/shop'])
  assert.match(stdout, /"type":"com\.example\.shop\.OrderPlaced\.v3"/)
  const bare = await eventwright(['log', '--store', url, '--json', '--no-data', '--service', 'orders'])
  assert.doesNotMatch(bare.stdout, /"data"/)
  assert.match(bare.stdout, /"source":"\/services\/orders"/)
})

test('what a terminal would obey is not printed, whatever a name or a payload holds', async (t) => {
  const evil = '\u001b[2J\u0007\u009b31m\u202e'
  const { url } = await shopWith(t, (store) =>
    store.append(`Order-${evil}`, [{ type: `Placed${evil}`, data: { evil } }], { tenant: `t${evil}` }),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them
  const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/
  const text = await eventwright(['log', '--store', url])
  assert.match(text.stdout, /Placed/)
  assert.doesNotMatch(text.stdout, obeyed)
  const json = await eventwright(['log', '--store', url, '--json'])
  assert.doesNotMatch(json.stdout, obeyed)
  assert.deepEqual(JSON.parse(json.stdout).data, { evil })
  const missing = await eventwright(['log', '--store', url, '--stream', evil])
  assert.doesNotMatch(missing.stderr, obeyed)
})

test('log says on standard error when there is nothing, and why', async (t) => {
  const { url } = await aDay(t)
  for (const [options, says] of [
    [['--stream', 'Order-o-9'], /^There is no stream "Order-o-9" in sqlite:\S+shop\.db\.\n$/],
    [['--stream', 'Order-o-2', '--tenant', 'acme'], /There is no stream "Order-o-2" in .*tenant "acme"/],
    [
      ['--stream', 'command:Order-o-1'],
      /Nothing found in .*Technical events are there: 1; --technical shows them/,
    ],
    [['--type', 'Nothing'], /^Nothing found in /],
  ] as const) {
    const { code, stdout, stderr } = await eventwright(['log', '--store', url, ...options])
    assert.deepEqual([code, stdout], [0, ''])
    assert.match(stderr, says)
  }
})

test('log tells a wrong use, and what cannot be read', async (t) => {
  const { url, file } = await aDay(t)
  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--store', url, '--since', 'yesterday'], 3, /yesterday[\s\S]*10m/],
    [['--store', url, '--since', '2026-13-01'], 3, /2026-13-01/],
    [['--store', url, '--since', '2026-02-30T10:00Z'], 3, /2026-02-30/],
    [['--store', url, '--last', '0'], 3, /whole number/],
    [['--store', url, '--last', '2', '--limit', '2'], 3, /not both/],
    [['--store', url, '--follow', '--until', '1h'], 3, /leave one of them out/],
    [['--store', url, '--namespace', 'x'], 3, /add --json/],
    [['--store', 'memory:'], 3, /sqlite:FILE/],
    [[], 3, /--store/],
    [['--store', `sqlite:${file}.none`], 4, /there is no such file/],
    [['--store', `sqlite:${import.meta.filename}`], 4, /not a SQLite database/],
  ]
  for (const [args, code, says] of wrong) {
    const end = await eventwright(['log', ...args])
    assert.equal(end.code, code, end.stderr)
    assert.match(end.stderr, says)
    assert.equal(end.stdout, '')
  }
  assert.deepEqual(readdirSync(join(file, '..')), ['shop.db'])
})

/** The lines of a process as they come. */
function linesOf(child: ChildProcess): AsyncIterator<string> {
  if (child.stdout === null) throw new Error('no standard output')
  return createInterface(child.stdout)[Symbol.asyncIterator]()
}

test('log --follow shows what a running system commits, lets no writer wait, and ends with Ctrl-C', async (t) => {
  const { url, file } = await aDay(t)
  const store = await sqlite(file).openStore()
  const child = start([
    'log',
    '--store',
    url,
    '--follow',
    '--last',
    '1',
    '--json',
    '--type',
    'OrderPlaced',
    'Sold',
  ])
  const lines = linesOf(child)
  const next = async (): Promise<string> => JSON.parse((await lines.next()).value).subject
  assert.equal(await next(), 'Order-o-1')
  await store.append('Order-o-7', [placed(7), { type: 'Other', data: {} }])
  assert.equal(await next(), 'Order-o-7')
  // With a time-out of 0 a commit fails at once where it would have to wait.
  const raw = new DatabaseSync(file, { timeout: 0 })
  for (let n = 0; n < 300; n++) {
    raw.exec('BEGIN IMMEDIATE; UPDATE eventwright_log SET revision = revision + 1; COMMIT')
    if (n % 30 === 0) await store.append('Order-o-8', [{ type: 'Sold', data: { n } }])
  }
  raw.close()
  for (let n = 0; n < 10; n++) assert.equal(await next(), 'Order-o-8')
  const end = ended(child)
  child.kill('SIGINT')
  assert.deepEqual(await end, { code: 0, signal: null, stdout: '', stderr: '' })
  await store.close()
  assert.deepEqual(readdirSync(join(file, '..')), ['shop.db'])
})

test('log --follow --limit ends by itself, and a reader that goes away ends it quietly', async (t) => {
  const { url } = await shopWith(t, async (store) => {
    for (let n = 0; n < 20; n++)
      await store.append(
        'Order-o-1',
        Array.from({ length: 100 }, () => placed(n)),
      )
  })
  assert.equal((await positions(url, '--follow', '--since', '2020-01-01', '--limit', '7')).length, 7)
  const child = start(['log', '--store', url])
  const end = ended(child)
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { stderr, signal } = await end
  assert.deepEqual([stderr, signal], ['', null])
})
