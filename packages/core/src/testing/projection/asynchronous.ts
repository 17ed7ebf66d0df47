import assert from 'node:assert/strict'
import { createCatalog } from '../../catalog/index.ts'
import { buildProjection, caughtUp, ProjectionFaulted, readModel } from '../../projection/index.ts'
import { EpochChanged, type EventStore } from '../../store/index.ts'
import {
  type Demand,
  demandProjection,
  openInstance,
  type Promises,
  place,
  type Shop,
  shop,
  until,
} from './place.ts'

const demand = demandProjection(1)

async function quantity(store: EventStore, sku = 'tea', tenant = ''): Promise<number | undefined> {
  return (await readModel<Demand>(store, [demand], 'demand', { tenant }).get(sku))?.quantity
}

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

/** What holds for every asynchronous projection. */
export const asynchronous: Promises = {
  'after caughtUp a reader sees what was appended before': async (at) => {
    const one = await openInstance(at, [demand])
    await one.start()
    const position = await place(one.store, 'o-1', 2)
    await caughtUp(one.store, 'demand', 1, position)
    assert.equal(await quantity(one.store), 2)
    await one.stop()
  },

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
    const states = await Promise.all(
      [first, second].map(async ({ components }) => (await components[0]?.health())?.state),
    )
    assert.deepEqual(states.sort(), ['running', 'waiting'])
    await first.stop()
    await place(second.store, 'o-2', 1)
    await caughtUp(second.store, 'demand', 1)
    assert.equal(await quantity(second.store), 2)
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

  'an event that a handler cannot take stops that projection only, and names the event': async (at) => {
    const picky = (broken: boolean) =>
      buildProjection(shop, 'picky', 1, {
        OrderPlaced(event, tx) {
          tx.documents<number>('picky').update('taken', (taken = 0) => {
            if (broken && event.data.sku === 'bad') throw new Error('no such article')
            return taken + 1
          })
        },
      })
    const one = await openInstance(at, [picky(true), demand], { instance: 'same' })
    await place(one.store, 'o-1', 1)
    await place(one.store, 'o-2', 1)
    const bad = await place(one.store, 'o-3', 1, 'bad')
    await place(one.store, 'o-4', 1)
    await one.start()
    await caughtUp(one.store, 'demand', 1)
    await until(async () => (await one.components[0]?.health())?.state === 'faulted')
    assert.equal(await one.components[0]?.idle(), true)
    const documents = one.store.documents<number>('eventwright.projection.picky@1')
    assert.equal(await documents.get('taken'), 2)
    await one.stop()

    const mended = await openInstance(at, [picky(false)], { instance: 'same' })
    await assert.rejects(caughtUp(mended.store, 'picky', 1), (error: Error) => {
      assert.ok(error instanceof ProjectionFaulted)
      assert.equal(error.fault.stream, 'order-o-3')
      assert.equal(error.fault.position, bad)
      assert.match(error.message, /version 1 of stream order-o-3.*no such article/)
      return true
    })
    await mended.start()
    await caughtUp(mended.store, 'picky', 1)
    assert.equal(await readModel<number>(mended.store, [picky(false)], 'picky').get('taken'), 4)
    await mended.stop()
  },

  'after a restore it stops instead of skipping, and a new version is built from the new log': async (at) => {
    const one = await openInstance(at, [demand])
    await one.start()
    await place(one.store, 'o-1', 1)
    await caughtUp(one.store, 'demand', 1)
    await one.stop()
    await at.renewEpoch()
    const two = await openInstance(at, [demand])
    await two.start()
    await until(async () => (await two.components[0]?.health())?.state === 'faulted')
    assert.match((await two.components[0]?.health())?.error ?? '', /epoch/)
    await assert.rejects(caughtUp(two.store, 'demand', 1), EpochChanged)
    const three = await openInstance(at, [demandProjection(2, 10)])
    await three.start()
    await until(async () => (await quantity(three.store)) === 10)
    await two.stop()
    await three.stop()
  },

  'the checkpoint passes over what is not heard': async (at) => {
    const one = await openInstance(at, [demand])
    await one.start()
    for (let note = 0; note < 20; note++)
      await one.store.append('order-o-1', [{ type: 'OrderNoted', data: { text: `note ${note}` } }])
    await caughtUp(one.store, 'demand', 1)
    assert.equal(await one.store.checkpoint('projection:demand@1'), await one.store.head())
    await one.stop()
  },

  'documents are the tenant’s of their event, also when one tenant’s event is refused': async (at) => {
    const refusing = buildProjection(shop, 'demand', 1, {
      OrderPlaced(event, tx) {
        if (event.tenant === 'b' && event.data.quantity === 100) throw new Error('too many')
        tx.documents<Demand>('demand').update(event.data.sku, (current) => ({
          quantity: (current?.quantity ?? 0) + event.data.quantity,
          seen: [],
        }))
      },
    })
    const one = await openInstance(at, [demand])
    for (const tenant of ['', 'a', 'b', 'a', '']) await place(one.store, 'o-1', 1, 'tea', tenant)
    await one.start()
    await caughtUp(one.store, 'demand', 1)
    assert.deepEqual(await perTenant(one.store), [2, 2, 1])
    await one.stop()
    const two = await openInstance(at, [refusing])
    await place(two.store, 'o-2', 10, 'tea', 'a')
    await place(two.store, 'o-2', 100, 'tea', 'b')
    await place(two.store, 'o-2', 10)
    await two.start()
    await until(async () => (await two.components[0]?.health())?.state === 'faulted')
    assert.deepEqual(await perTenant(two.store), [2, 12, 1])
    await two.stop()
    const three = await openInstance(at, [demand])
    await three.start()
    await caughtUp(three.store, 'demand', 1)
    assert.deepEqual(await perTenant(three.store), [12, 12, 101])
    await three.stop()
  },

  'an event of a newer schema version waits for a newer process': async (at) => {
    const newer = createCatalog<Shop>({
      namespace: 'com.example.shop',
      upcasters: { OrderPlaced: { 1: (old) => old } },
    })
    const writer = await at.engine.openStore({ catalog: newer })
    const one = await openInstance(at, [demand])
    await place(one.store, 'o-1', 1)
    await place(writer, 'o-2', 1)
    await one.start()
    await until(async () => (await one.store.checkpoint('projection:demand@1')) === 1)
    await until(async () => (await one.components[0]?.health())?.state === 'waiting')
    const building = one.store.documents<Demand>('eventwright.projection.demand@1')
    assert.equal((await building.get('tea'))?.quantity, 1)
    assert.equal(await one.components[0]?.idle(), true)
    await one.stop()
    const two = await openInstance(at, [{ ...demand, catalog: newer }])
    await two.start()
    await caughtUp(two.store, 'demand', 1)
    assert.equal(await quantity(two.store), 2)
    await two.stop()
    await writer.close()
  },
}

function perTenant(store: EventStore): Promise<readonly (number | undefined)[]> {
  return Promise.all(['', 'a', 'b'].map((tenant) => quantity(store, 'tea', tenant)))
}
