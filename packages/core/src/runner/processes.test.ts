import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sqlite } from '../sqlite.ts'
import { eventually } from '../testing/broker/observe.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { type Demand, example, receiveStock } from './fixtures/shop.ts'

const service = join(import.meta.dirname, 'fixtures', 'service.ts')
const folder = await mkdtemp(join(tmpdir(), 'eventwright-processes-'))
const children = new Set<ChildProcess>()

after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

interface Running {
  readonly child: ChildProcess
  /** Resolves when its orders are placed. */
  readonly placed: Promise<void>
}

/** A process of the example on a file, which places orders once it is up. Its leases are of so many milliseconds. */
async function start(file: string, prefix: string, orders: number, leaseTime = 600): Promise<Running> {
  const child = fork(service, [file, prefix, String(orders), String(leaseTime)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.add(child)
  const said = { up: Promise.withResolvers<void>(), placed: Promise.withResolvers<void>() }
  // Heard from the beginning: what it says soon after another word would be missed by who listens only then.
  child.on('message', (word) => {
    if (word === 'up' || word === 'placed') said[word].resolve()
  })
  await said.up.promise
  return { child, placed: said.placed.promise }
}

async function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  children.delete(child)
  return { code: child.exitCode, signal: child.signalCode }
}

/** What must stand in the end, whoever did it: every order confirmed once, stock held once, counted once. */
async function assertWhole(app: App, orders: readonly string[]): Promise<void> {
  await app.idle({ timeout: 90_000 })
  for (const order of orders) {
    const { events } = await app.store.read(`order-${order}`)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['OrderPlaced', 'OrderConfirmed'],
      order,
    )
  }
  const { events } = await app.store.read('stock-tea')
  assert.equal(events.filter(({ type }) => type === 'StockReserved').length, orders.length)
  assert.equal((await app.documents<Demand>('demand').get('tea'))?.quantity, orders.length)
}

function ordersOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`)
}

async function withStock(file: string): Promise<void> {
  await using front = await eventwright({ store: sqlite(file), run: example, start: false })
  await front.execute(receiveStock(1000))
}

test('two processes on one file share the work', { timeout: 120_000 }, async () => {
  const file = join(folder, 'two.db')
  await withStock(file)
  const [one, two] = await Promise.all([start(file, 'a', 10), start(file, 'b', 10)])
  await Promise.all([one.placed, two.placed])
  await using app = await eventwright({ store: sqlite(file), run: example, leaseTime: 600 })
  await assertWhole(app, [...ordersOf('a', 10), ...ordersOf('b', 10)])
  one.child.kill('SIGTERM')
  two.child.kill('SIGTERM')
  assert.deepEqual(await Promise.all([ended(one.child), ended(two.child)]), [
    { code: 0, signal: null },
    { code: 0, signal: null },
  ])
})

test('a process that is killed in the middle leaves nothing undone and nothing done twice', {
  timeout: 120_000,
}, async () => {
  const file = join(folder, 'killed.db')
  await withStock(file)
  for (const [round, wait] of [20, 60].entries()) {
    const { child } = await start(file, `k${round}`, 8)
    await sleep(wait)
    child.kill('SIGKILL')
    assert.equal((await ended(child)).signal, 'SIGKILL')
  }
  const again = await start(file, 'k0', 8)
  await again.placed
  const more = await start(file, 'k1', 8)
  await more.placed
  for (const { child } of [again, more]) child.kill('SIGTERM')
  await Promise.all([ended(again.child), ended(more.child)])
  await using app = await eventwright({ store: sqlite(file), run: example, leaseTime: 600 })
  await assertWhole(app, [...ordersOf('k0', 8), ...ordersOf('k1', 8)])
})

test('on SIGTERM an app drains and gives its leases back, so that the next has them at once', {
  timeout: 120_000,
}, async () => {
  const file = join(folder, 'drained.db')
  await withStock(file)
  // Leases of an hour: only what was given back can be had sooner.
  const { child, placed } = await start(file, 'd', 5, 3_600_000)
  await placed
  child.kill('SIGTERM')
  assert.deepEqual(await ended(child), { code: 0, signal: null })
  await using app = await eventwright({ store: sqlite(file), run: example, leaseTime: 600 })
  await assertWhole(app, ordersOf('d', 5))
  await eventually(async () => {
    const held = (await app.health()).components.flatMap(({ work }) => work?.leaseHeld ?? [])
    assert.deepEqual([...new Set(held)], [true])
  })
})

test('a second SIGTERM ends the process at once', { timeout: 120_000 }, async () => {
  const child = fork(join(import.meta.dirname, 'fixtures', 'stubborn.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.add(child)
  await once(child, 'message')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'message'), ['draining', undefined])
  child.kill('SIGTERM')
  assert.deepEqual(await ended(child), { code: 143, signal: null })
})
