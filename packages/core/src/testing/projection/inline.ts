import assert from 'node:assert/strict'
import {
  buildProjection,
  caughtUp,
  ForeignDocument,
  HandlerFailure,
  liveVersion,
  type ProjectionDefinition,
  readModel,
} from '../../projection/index.ts'
import { openInstance, type Promises, place, shop, until } from './place.ts'

interface Order {
  readonly quantity: number
  readonly versions: readonly number[]
}

function orders(version: number, times = 1): ProjectionDefinition {
  return buildProjection(
    shop,
    'orders',
    version,
    {
      OrderPlaced: (event, tx) =>
        tx.documents<Order>('orders').update(event.stream.slice('order-'.length), (current) => ({
          quantity: (current?.quantity ?? 0) + times * event.data.quantity,
          versions: [...(current?.versions ?? []), event.version],
        })),
    },
    { inline: true },
  )
}

/** What holds for projections that are written in the append's own transaction. */
export const inline: Promises = {
  'an inline projection is there when the append returns': async (at) => {
    const one = await openInstance(at, [orders(1)])
    const reader = readModel<Order>(one.store, [orders(1)], 'orders')
    await place(one.store, 'o-1', 2)
    await one.store.append('order-o-1', [{ type: 'OrderNoted', data: { text: 'by the door' } }])
    await one.store.transaction(async (tx) => {
      await tx.append('order-o-1', [{ type: 'OrderPlaced', data: { sku: 'tea', quantity: 3 } }])
    })
    assert.deepEqual(await reader.get('o-1'), { quantity: 5, versions: [1, 3] })
    await one.start()
    await caughtUp(one.store, 'orders', 1)
    assert.deepEqual(await reader.get('o-1'), { quantity: 5, versions: [1, 3] })
    await one.stop()
  },

  'concurrent appends to one stream are counted once each': async (at) => {
    const one = await openInstance(at, [orders(1)])
    await one.start()
    await Promise.all(Array.from({ length: 10 }, () => place(one.store, 'o-1', 1)))
    const reader = readModel<Order>(one.store, [orders(1)], 'orders')
    assert.equal((await reader.get('o-1'))?.quantity, 10)
    await caughtUp(one.store, 'orders', 1)
    assert.equal((await reader.get('o-1'))?.quantity, 10)
    await one.stop()
  },

  'an inline projection may not touch documents of other streams, and the append fails': async (at) => {
    const foreign = buildProjection(
      shop,
      'foreign',
      1,
      { OrderPlaced: (event, tx) => tx.documents('foreign').put(event.data.sku, 1) },
      { inline: true },
    )
    const one = await openInstance(at, [foreign])
    await assert.rejects(place(one.store, 'o-1', 1), ForeignDocument)
    assert.equal((await one.store.read('order-o-1')).version, 0)
    await one.stop()
  },

  'an inline handler that throws fails the append': async (at) => {
    const broken = buildProjection(
      shop,
      'broken',
      1,
      {
        OrderPlaced() {
          throw new Error('out of ink')
        },
      },
      { inline: true },
    )
    const one = await openInstance(at, [broken])
    await assert.rejects(place(one.store, 'o-1', 1), (error: Error) => {
      assert.ok(error instanceof HandlerFailure)
      return /projection broken .*stream order-o-1: out of ink/.test(error.message)
    })
    assert.equal(await one.store.head(), 0)
    await one.stop()
  },

  'a new version of an inline projection waits for the last writer of the old one, then is whole': async (
    at,
  ) => {
    const old = await openInstance(at, [orders(1)])
    await old.start()
    await place(old.store, 'o-1', 1)
    const next = await openInstance(at, [orders(2, 10)])
    await next.start()
    const reader = readModel<Order>(next.store, [orders(2)], 'orders')
    await place(next.store, 'o-1', 1)
    await place(old.store, 'o-1', 1)
    await place(old.store, 'o-2', 1)
    await next.idle()
    await old.idle()
    assert.equal(await liveVersion(next.store, 'orders'), 1)
    assert.deepEqual(await reader.get('o-1'), { quantity: 3, versions: [1, 2, 3] })

    await old.stop()
    await until(async () => (await liveVersion(next.store, 'orders')) === 2)
    assert.deepEqual(await reader.get('o-1'), { quantity: 30, versions: [1, 2, 3] })
    await until(async () => {
      await place(next.store, 'o-2', 1)
      const { version } = await next.store.read('order-o-2')
      return (await reader.get('o-2'))?.quantity === 10 * version
    })
    await next.stop()
  },

  'what a process without the projection appended is made up for by the next append': async (at) => {
    const plain = await at.engine.openStore({ catalog: shop })
    const one = await openInstance(at, [orders(1)])
    await place(plain, 'o-1', 1)
    await place(plain, 'o-1', 1)
    await place(one.store, 'o-1', 1)
    assert.deepEqual(await readModel<Order>(one.store, [orders(1)], 'orders').get('o-1'), {
      quantity: 3,
      versions: [1, 2, 3],
    })
    await one.stop()
    await plain.close()
  },
}
