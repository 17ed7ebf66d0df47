import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { acceptEpochs, RELAY } from '../delivery/index.ts'
import { memory } from '../memory.ts'
import { checkpointOf } from '../projection/index.ts'
import { type SqliteEngine, sqlite } from '../sqlite.ts'
import { eventually } from '../testing/broker/observe.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { example, placeOrder, receiveStock } from './fixtures/shop.ts'

interface Files {
  readonly store: SqliteEngine
  readonly broker: SqliteEngine
}

function freshFiles(context: TestContext): Files {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-tail-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return { store: sqlite(join(folder, 'store.db')), broker: sqlite(join(folder, 'broker.db')) }
}

// Under one name, so that the leases which the end of the first one left are its own.
function open(files: Files): Promise<App> {
  return eventwright({ ...files, run: example, instance: 'same', leaseTime: 600 })
}

async function types(app: App, stream: string): Promise<readonly string[]> {
  return (await app.store.read(stream)).events.map(({ type }) => type)
}

const walOf = ({ store }: Files): string => `${store.path}-wal`

/** Does `later`, ends the app, and leaves of the store's write-ahead log what it held before. */
async function loseTail(files: Files, app: App, later: () => Promise<unknown>): Promise<void> {
  const before = statSync(walOf(files)).size
  await later()
  await app.idle()
  const kept = `${files.store.path}.kept`
  for (const end of ['', '-wal']) cpSync(files.store.path + end, kept + end)
  await app[Symbol.asyncDispose]()
  truncateSync(`${kept}-wal`, before)
  for (const end of ['', '-wal']) cpSync(kept + end, files.store.path + end)
}

async function published(app: App): Promise<number> {
  const topics = await app.broker.topics()
  const messages = await Promise.all(topics.map(({ topic }) => app.broker.latest(topic, 1_000)))
  return messages.flat().length
}

function untilFaulted(app: App, least: number): Promise<void> {
  return eventually(async () => {
    const { faulted } = await app.health()
    assert.ok(faulted.length >= least, faulted.join())
  })
}

const CONFIRMED = ['OrderPlaced', 'OrderConfirmed']

test('a log that lost its tail is found by what was published: nothing more is published or handled', async (context) => {
  const files = freshFiles(context)
  const first = await open(files)
  await first.execute(receiveStock(50))
  await first.execute(placeOrder('o-1', 2))
  await first.idle()
  await loseTail(files, first, () => first.execute(placeOrder('o-2', 2)))

  const second = await open(files)
  context.after(() => second[Symbol.asyncDispose]())
  await untilFaulted(second, 3)
  assert.deepEqual(await types(second, 'order-o-1'), CONFIRMED, 'what was left is there')
  assert.deepEqual(await types(second, 'order-o-2'), [])
  const { ready, faulted, components } = await second.health()
  assert.equal(ready, false)
  assert.ok(faulted.includes(RELAY), faulted.join())
  for (const { error } of components.filter(({ state }) => state === 'faulted')) {
    assert.match(
      error ?? '',
      /the log of sqlite:.*store\.db ends at position \d+, and topic .* holds position/,
    )
  }
  const before = await published(second)
  await second.execute(placeOrder('o-3', 2))
  await second.idle()
  assert.equal(await published(second), before)
  assert.deepEqual(await types(second, 'order-o-3'), ['OrderPlaced'])

  // Orders are still taken, until the log is longer than what was published: other events at the same positions.
  for (let n = 4; n < 12; n++) await second.execute(placeOrder(`o-${n}`, 2))
  await second[Symbol.asyncDispose]()
  await using third = await open(files)
  await untilFaulted(third, 3)
  const after = await third.health()
  assert.ok(after.faulted.includes(RELAY), after.faulted.join())
  const why = after.components.find(({ name }) => name === RELAY)?.error
  assert.match(
    why ?? '',
    /the log of sqlite:.*store\.db holds another event at position \d+ than topic ".*" of/,
  )
  await third.idle()
  assert.equal(await published(third), before)
})

test('a lost tail is found by a message of the outbox, which is no event, and once another event stands there', async (context) => {
  const files = freshFiles(context)
  const first = await open(files)
  await first.broker.ensureTopic('letters')
  await loseTail(files, first, () =>
    first.store.transaction((tx) => tx.outbox.add('letters', { key: 'ann', value: '{}' })),
  )
  for (const says of [
    /ends at position \d+, and topic "letters"/,
    /holds another event .* than topic "letters"/,
  ]) {
    await using app = await open(files)
    await untilFaulted(app, 3)
    const { components } = await app.health()
    assert.match(components.find(({ name }) => name === RELAY)?.error ?? '', says)
    await app.execute(receiveStock(50))
    await app.execute(receiveStock(50))
  }
})

test('after a new epoch that consumers accept, orders go on, and none before it is done twice', async (context) => {
  const files = freshFiles(context)
  const first = await open(files)
  await first.execute(receiveStock(50))
  await first.execute(placeOrder('o-1', 2))
  await first.idle()
  await loseTail(files, first, () => first.execute(placeOrder('o-2', 2)))
  await files.store.renewEpoch({ carry: [RELAY] })

  const second = await open(files)
  context.after(() => second[Symbol.asyncDispose]())
  await second.execute(placeOrder('o-3', 2))
  await second.idle()
  const { faulted, components } = await second.health()
  assert.ok(!faulted.includes(RELAY), 'the relay goes on')
  const consumers = components.filter(({ error }) => error?.includes('acceptEpochs'))
  assert.ok(consumers.length > 0, 'consumers say that the log was restored')
  for (const { name } of consumers) await acceptEpochs(second.store, name)
  await second[Symbol.asyncDispose]()

  await using third = await open(files)
  await third.idle()
  assert.deepEqual(await types(third, 'order-o-3'), CONFIRMED)
  assert.deepEqual(await types(third, 'order-o-1'), CONFIRMED)
  const reserved = (await third.store.read('stock-tea')).events.filter(({ type }) => type === 'StockReserved')
  assert.equal(new Set(reserved.map(({ metadata }) => metadata.commandId)).size, reserved.length)
})

test('a store and a broker in one file lose the same tail, and go on from there', async (context) => {
  const { store } = freshFiles(context)
  const files = { store, broker: store }
  const first = await open(files)
  await first.execute(receiveStock(50))
  await first.execute(placeOrder('o-1', 2))
  await first.idle()
  await loseTail(files, first, () => first.execute(placeOrder('o-2', 2)))
  await using second = await open(files)
  await second.execute(placeOrder('o-3', 2))
  await second.idle()
  assert.deepEqual((await second.health()).faulted, [])
  assert.deepEqual(await types(second, 'order-o-3'), CONFIRMED)
  assert.deepEqual(await types(second, 'order-o-2'), [])
})

test('a relay and a projection whose checkpoint is beyond the end of the log stop, and say so', async () => {
  const store = memory()
  const first = await eventwright({ store, run: example, start: false })
  await first.execute(receiveStock(50))
  for (const name of [RELAY, checkpointOf('demand', 1)])
    await first.store.transaction((tx) => tx.checkpoint.advance(name, 0, 7))
  await first[Symbol.asyncDispose]()

  await using app = await eventwright({ store, run: example })
  await untilFaulted(app, 2)
  const { components } = await app.health()
  const says = (name: string) => components.find((component) => component.name === name)?.error ?? ''
  assert.match(says(RELAY), /ends at position 1, and the relay has published up to position 7 of it/)
  assert.match(
    says('projection:demand@1'),
    /ends at position 1, and projection:demand@1 has taken in position 7/,
  )
})
