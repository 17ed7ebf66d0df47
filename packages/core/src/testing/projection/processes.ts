import assert from 'node:assert/strict'
import { buildProjection, caughtUp, readModel } from '../../projection/index.ts'
import type { EventStore } from '../../store/index.ts'
import {
  type Demand,
  demandProjection,
  openInstance,
  type Promises,
  place,
  quantityOf,
  shop,
  until,
} from './place.ts'

const demand = demandProjection(1)

/** Runs like `store` until its `nth` unit of work of a projection, which ends as `how` says. */
function failing(store: EventStore, nth: number, how: 'before' | 'after'): EventStore {
  let units = 0
  return {
    ...store,
    async transaction(work, options) {
      units += 1
      if (units !== nth) return store.transaction(work, options)
      if (how === 'before') {
        return store.transaction(async (tx) => {
          await work(tx)
          throw new Error('killed before the commit')
        }, options)
      }
      await store.transaction(work, options)
      throw new Error('killed after the commit')
    },
  }
}

/** What holds when processes that run a projection crash, hang and take over from each other. */
export const processes: Promises = {
  'a crash around the commit leaves checkpoint and documents together': async (at) => {
    for (const [round, how] of (['before', 'after', 'before'] as const).entries()) {
      const one = await openInstance(at, [demand])
      for (let order = 0; order < 5; order++) await place(one.store, `o-${round}-${order}`, 1)
      const crashing = await openInstance(at, [demand], {
        instance: 'same',
        batch: 2,
        wrap: (store) => failing(store, 2 + round, how),
      })
      await crashing.start()
      await until(async () => crashing.failures() > 0)
      await crashing.stop()
      await one.stop()
    }
    const after = await openInstance(at, [demand], { instance: 'same' })
    await after.start()
    await caughtUp(after.store, 'demand', 1)
    const counted = await readModel<Demand>(after.store, [demand], 'demand').get('tea')
    assert.equal(counted?.quantity, 15)
    assert.equal(new Set(counted?.seen).size, 15)
    await after.stop()
  },

  'of two instances one works, and the other takes over when it stops': async (at) => {
    const first = await openInstance(at, [demand], { leaseTime: 600 })
    const second = await openInstance(at, [demand], { leaseTime: 600 })
    await first.start()
    await second.start()
    await place(first.store, 'o-1', 1)
    await caughtUp(first.store, 'demand', 1)
    const states = async () => {
      const both = [first, second].map(async ({ components }) => (await components[0]?.health())?.state)
      return (await Promise.all(both)).toSorted().join()
    }
    // One that had no turn for longer than its lease takes itself for the holder until it looks again.
    await until(async () => (await states()) === 'running,waiting')
    await first.stop()
    await place(second.store, 'o-2', 1)
    await caughtUp(second.store, 'demand', 1)
    assert.equal(await quantityOf(second.store), 2)
    await second.stop()
  },

  'a zombie that lost its lease cannot write': async (at) => {
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const by = (who: string, hold?: () => Promise<void>) =>
      buildProjection(shop, 'writer', 1, {
        async OrderPlaced(event, tx) {
          await hold?.()
          tx.documents<string>('writer').put(event.stream, who)
        },
      })
    const zombie = await openInstance(
      at,
      [
        by('zombie', async () => {
          reached.resolve()
          await gate.promise
        }),
      ],
      { leaseTime: 50 },
    )
    await zombie.start()
    await place(zombie.store, 'o-1', 1)
    await reached.promise
    const heir = await openInstance(at, [by('heir')], { leaseTime: 5000 })
    await heir.start()
    await caughtUp(heir.store, 'writer', 1)
    gate.resolve()
    await place(heir.store, 'o-2', 1)
    await caughtUp(heir.store, 'writer', 1)
    const written = await readModel<string>(heir.store, [by('')], 'writer').list()
    assert.deepEqual(
      written.map(({ value }) => value),
      ['heir', 'heir'],
    )
    await zombie.stop()
    await heir.stop()
  },

  'a zombie that reads on with its old token is fenced out': async (at) => {
    const by = (who: string) =>
      buildProjection(shop, 'writer', 1, {
        OrderPlaced: (event, tx) => tx.documents<string>('writer').put(event.stream, who),
      })
    const held = Promise.withResolvers<void>()
    const paused = Promise.withResolvers<void>()
    let armed = false
    // Stops between taking the lease and reading the checkpoint, as a long pause of the process does.
    const pausing = (store: EventStore): EventStore => ({
      ...store,
      async checkpoint(name, options) {
        if (armed) {
          armed = false
          paused.resolve()
          await held.promise
        }
        return store.checkpoint(name, options)
      },
    })
    const zombie = await openInstance(at, [by('zombie')], { leaseTime: 60, wrap: pausing })
    await zombie.start()
    await zombie.idle()
    armed = true
    await paused.promise
    const heir = await openInstance(at, [by('heir')], { leaseTime: 60 })
    await heir.start()
    await place(heir.store, 'o-1', 1)
    await caughtUp(heir.store, 'writer', 1)
    await heir.stop()
    const reader = await openInstance(at, [])
    await place(reader.store, 'o-2', 1)
    held.resolve()
    await until(async () => zombie.fenced() > 0)
    await zombie.stop()
    await reader.stop()
  },

  'of two instances under one lease that read the same events, one moves the checkpoint': async (at) => {
    const held = Promise.withResolvers<void>()
    const paused = Promise.withResolvers<void>()
    let armed = false
    // Stops between reading the events and applying them.
    const pausing = (store: EventStore): EventStore => ({
      ...store,
      async readAll(options) {
        const slice = await store.readAll(options)
        if (armed && slice.events.length > 0) {
          armed = false
          paused.resolve()
          await held.promise
        }
        return slice
      },
    })
    const slow = await openInstance(at, [demand], { instance: 'twin', wrap: pausing })
    await slow.start()
    await slow.idle()
    armed = true
    await place(slow.store, 'o-1', 1)
    await paused.promise
    const quick = await openInstance(at, [demand], { instance: 'twin' })
    await quick.start()
    await place(quick.store, 'o-2', 1)
    await caughtUp(quick.store, 'demand', 1)
    held.resolve()
    await until(() => slow.failures() > 0)
    await place(quick.store, 'o-3', 1)
    await slow.idle()
    await quick.idle()
    assert.equal(await quantityOf(quick.store), 3)
    await slow.stop()
    await quick.stop()
  },

  'a zombie whose handler fails marks nothing as faulted that another instance keeps going': async (at) => {
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const by = (work: () => Promise<void>) => buildProjection(shop, 'writer', 1, { OrderPlaced: work })
    const failing = by(async () => {
      entered.resolve()
      await gate.promise
      throw new Error('an older release cannot take this')
    })
    const zombie = await openInstance(at, [failing], { leaseTime: 100 })
    await zombie.start()
    const position = await place(zombie.store, 'o-1', 1)
    await entered.promise
    const next = await openInstance(at, [by(async () => {})])
    await next.start()
    await caughtUp(next.store, 'writer', 1, position)
    gate.resolve()
    await until(() => zombie.fenced() > 0)
    await caughtUp(next.store, 'writer', 1, await place(next.store, 'o-2', 1))
    await until(async () => (await zombie.components[0]?.health())?.state === 'waiting')
    await zombie.stop()
    await next.stop()
  },

  'stop does not wait for ever for a handler that hangs, and another instance goes on': async (at) => {
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const by = (who: string, work: () => Promise<void>) =>
      buildProjection(shop, 'writer', 1, {
        async OrderPlaced(event, tx) {
          await work()
          tx.documents<string>('writer').put(event.stream, who)
        },
      })
    const hanging = by('hanging', () => {
      entered.resolve()
      return gate.promise
    })
    // A lease of an hour: only what was given back can be had sooner.
    const first = await openInstance(at, [hanging], { drain: 50, leaseTime: 3_600_000 })
    await first.start()
    await place(first.store, 'o-1', 1)
    await entered.promise
    for (const component of first.components) await component.stop()
    const next = await openInstance(at, [by('next', async () => {})])
    await next.start()
    await caughtUp(next.store, 'writer', 1, undefined, { timeout: 60_000 })
    gate.resolve()
    await until(() => first.failures() > 0)
    const written = await readModel<string>(next.store, [hanging], 'writer').list()
    assert.deepEqual(
      written.map(({ value }) => value),
      ['next'],
    )
    await first.stop()
    await next.stop()
  },
}
