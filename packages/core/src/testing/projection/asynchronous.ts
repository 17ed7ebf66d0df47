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
  quantityOf,
  type Shop,
  shop,
  until,
} from './place.ts'

const demand = demandProjection(1)

/** What holds for every asynchronous projection. */
export const asynchronous: Promises = {
  'after caughtUp a reader sees what was appended before': async (at) => {
    const one = await openInstance(at, [demand])
    await one.start()
    const position = await place(one.store, 'o-1', 2)
    await caughtUp(one.store, 'demand', 1, position)
    assert.equal(await quantityOf(one.store), 2)
    await one.stop()
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
    await until(async () => (await quantityOf(three.store)) === 10)
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
    assert.equal(await quantityOf(two.store), 2)
    await two.stop()
    await writer.close()
  },
}

function perTenant(store: EventStore): Promise<readonly (number | undefined)[]> {
  return Promise.all(['', 'a', 'b'].map((tenant) => quantityOf(store, 'tea', tenant)))
}
