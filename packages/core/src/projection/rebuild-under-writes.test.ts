import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventStore } from '../store/index.ts'
import { postgresStoreEngine } from '../store/postgres/index.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'
import {
  type Demand,
  demandProjection,
  openInstance,
  place,
  shop,
  until,
} from '../testing/projection/place.ts'
import { caughtUp } from './caught-up.ts'
import { liveVersion } from './live.ts'
import { readModel } from './reader.ts'

const SKUS = ['tea', 'cup', 'pot', 'jar', 'tin']
const WRITERS = 4
const BEFORE = 400
const TIMES = 10
/** Milliseconds. */
const PAUSE = 20

type Documents = readonly { readonly id: string; readonly value: Demand }[]

/** Places orders one after the other until it is told to end, and tells how many. */
async function write(store: EventStore, writer: number, signal: AbortSignal): Promise<number> {
  let orders = 0
  while (!signal.aborted) {
    await place(store, `${writer}-${orders}`, 1, SKUS[(writer + orders) % SKUS.length])
    orders++
    // Less than a projection takes in: a new version has to come up with the writers to take over.
    await sleep(PAUSE)
  }
  return orders
}

/** By which of the versions these documents were counted. */
function timesIn(documents: Documents): number {
  const [times = 0, ...others] = new Set(documents.map(({ value }) => value.quantity / value.seen.length))
  assert.deepEqual(others, [], 'a reader saw documents of two versions at once')
  return times
}

function ordersIn(documents: Documents): number {
  return documents.reduce((sum, { value }) => sum + value.seen.length, 0)
}

async function foldFromZero(store: EventStore): Promise<Documents> {
  const folded = new Map<string, Demand>()
  let after = 0
  for (;;) {
    const { events, examined } = await store.readAll({ after, limit: 500 })
    if (examined === after) break
    after = examined
    for (const { data, position } of events) {
      const { sku } = data as { readonly sku: string }
      const { quantity, seen } = folded.get(sku) ?? { quantity: 0, seen: [] }
      folded.set(sku, { quantity: quantity + TIMES, seen: [...seen, position] })
    }
  }
  return [...folded].map(([id, value]) => ({ id, value })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

onPostgres('a projection that is rebuilt on PostgreSQL', (fresh) => {
  test('rebuilt under the writes of several processes a projection equals the fold from zero, and no reader sees it half built', async () => {
    const url = fresh()
    await using stack = new AsyncDisposableStack()
    // A pool each, as processes have.
    const stores = await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) =>
        stack.adopt(await postgresStoreEngine(url, { max: 2 + writer }).openStore({ catalog: shop }), (it) =>
          it.close(),
        ),
      ),
    )
    const [store] = stores
    assert.ok(store)
    const at = (max: number) => ({
      engine: postgresStoreEngine(url, { max }),
      renewEpoch: async () => {},
      dispose: async () => {},
    })
    const old = stack.adopt(await openInstance(at(7), [demandProjection(1)]), (it) => it.stop())
    await old.start()
    for (let order = 0; order < BEFORE; order += 50) {
      const numbers = Array.from({ length: 50 }, (_, number) => order + number)
      await Promise.all(numbers.map((number) => place(store, `o-${number}`, 1, SKUS[number % SKUS.length])))
    }
    await caughtUp(store, 'demand', 1)

    const stop = new AbortController()
    const writing = stores.map((writer, number) => write(writer, number, stop.signal))
    const reader = readModel<Demand>(store, [demandProjection(1)], 'demand')
    const read: Documents[] = []
    const reading = (async () => {
      while (!stop.signal.aborted) read.push(await reader.list())
    })()
    // Else the old version may be gone before anybody reads it.
    await until(() => read.length > 0)
    const next = stack.adopt(await openInstance(at(8), [demandProjection(2, TIMES)], { batch: 100 }), (it) =>
      it.stop(),
    )
    await next.start()
    await until(async () => (await liveVersion(store, 'demand')) === 2)
    const seen = read.length
    await until(() => read.length > seen + 20)
    stop.abort()
    const [...written] = await Promise.all(writing)
    await reading
    await caughtUp(store, 'demand', 2)

    const times = read.map(timesIn)
    assert.deepEqual([...new Set(times)], [1, TIMES], 'the old version was read, then the new one')
    for (const [index, documents] of read.entries())
      assert.ok(ordersIn(documents) >= ordersIn(read[index - 1] ?? []), 'a reader saw the past again')
    const built = await reader.list()
    assert.deepEqual(built, await foldFromZero(store))
    assert.equal(ordersIn(built), BEFORE + written.reduce((sum, orders) => sum + orders, 0))
  })
})
