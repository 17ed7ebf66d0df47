import assert from 'node:assert/strict'
import { caughtUp, liveVersion, ProjectionNotBuilt, readModel } from '../../projection/index.ts'
import type { EventStore } from '../../store/index.ts'
import { type Demand, demandProjection, openInstance, type Promises, place, until } from './place.ts'

/** What holds while one version takes the place of another. */
export const versions: Promises = {
  'a read model that was never built says so instead of being empty': async (at) => {
    const one = await openInstance(at, [demandProjection(1)])
    await place(one.store, 'o-1', 1)
    const reader = readModel<Demand>(one.store, [demandProjection(1)], 'demand')
    await assert.rejects(reader.get('tea'), ProjectionNotBuilt)
    await one.start()
    await caughtUp(one.store, 'demand', 1)
    assert.equal((await reader.get('tea'))?.quantity, 1)
    await one.stop()
  },

  'a new version is built beside the old one under live writes, and readers never see it half built': async (
    at,
  ) => {
    const old = await openInstance(at, [demandProjection(1)])
    await old.start()
    for (let order = 0; order < 40; order++) await place(old.store, `o-${order}`, 1)
    await caughtUp(old.store, 'demand', 1)
    const reader = readModel<Demand>(old.store, [demandProjection(1)], 'demand')

    const next = await openInstance(at, [demandProjection(2, 10)], { batch: 7 })
    const read: Demand[] = []
    let building = true
    const watching = (async () => {
      while (building) {
        const value = await reader.get('tea')
        if (value) read.push(value)
        await new Promise(setImmediate)
      }
    })()
    await next.start()
    for (let order = 0; order < 40; order++) await place(old.store, `p-${order}`, 1)
    await until(async () => (await liveVersion(old.store, 'demand')) === 2)
    await caughtUp(old.store, 'demand', 2)
    building = false
    await watching

    for (const { quantity, seen } of read) {
      assert.ok(quantity === seen.length || quantity === 10 * seen.length, `${quantity} of ${seen.length}`)
    }
    for (const [index, { seen }] of read.entries())
      assert.ok(seen.length >= (read[index - 1]?.seen.length ?? 0), 'a reader saw the past again')
    assert.equal((await reader.get('tea'))?.quantity, 800)
    await until(async () => (await old.components[0]?.health())?.state === 'stopped')
    await next.stop()
    await old.stop()
  },

  'a version is not swapped in while the one before has come further': async (at) => {
    const old = await openInstance(at, [demandProjection(1)])
    await old.start()
    await place(old.store, 'o-1', 1)
    await caughtUp(old.store, 'demand', 1)
    let isBehind = true
    // Sees nothing of the second order until it is let go, as a reader that lags does.
    const lagging = (store: EventStore): EventStore => ({
      ...store,
      async readAll(query) {
        const slice = await store.readAll(query)
        return !isBehind
          ? slice
          : { events: slice.events.filter(({ stream }) => stream === 'order-o-1'), examined: 1 }
      },
      head: async () => (isBehind ? 1 : store.head()),
    })
    await place(old.store, 'o-2', 1)
    await caughtUp(old.store, 'demand', 1)
    const next = await openInstance(at, [demandProjection(2)], { wrap: lagging, leaseTime: 30 })
    await next.start()
    const reader = readModel<Demand>(old.store, [demandProjection(1)], 'demand')
    for (let look = 0; look < 20; look++) {
      assert.equal((await reader.get('tea'))?.quantity, 2)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    isBehind = false
    await place(old.store, 'o-3', 1)
    await until(async () => (await liveVersion(old.store, 'demand')) === 2)
    await next.stop()
    await old.stop()
  },

  'an older version does not come back after the swap': async (at) => {
    const next = await openInstance(at, [demandProjection(2)])
    await next.start()
    await place(next.store, 'o-1', 1)
    await caughtUp(next.store, 'demand', 2)
    const old = await openInstance(at, [demandProjection(1)])
    await old.start()
    await until(async () => (await old.components[0]?.health())?.state === 'stopped')
    assert.equal(await liveVersion(next.store, 'demand'), 2)
    await old.stop()
    await next.stop()
  },
}
