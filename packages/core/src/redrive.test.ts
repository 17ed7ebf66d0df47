import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalog, eventwright, memory, sagaStatus } from './index.ts'

type Events = {
  OrderPlaced: { quantity: number }
  OrderCancelled: {}
  StockReserved: { orderId: string }
  StockReleased: { orderId: string }
}

test('a forward command that is parked and redriven after its saga compensated leaves nothing held', async () => {
  let isBroken = true
  const shop = catalog<Events>({ namespace: 'com.example.shop' })
  const Order = shop
    .aggregate<object>('order', {})
    .decide({
      place: (_s, c: { quantity: number }) => ({ type: 'OrderPlaced', data: c }),
      cancel: () => ({ type: 'OrderCancelled', data: {} }),
    })
    .evolve({ OrderPlaced: (s) => s, OrderCancelled: (s) => s })
  const Stock = shop
    .aggregate<{ held: readonly string[] }>('stock', { held: [] })
    .decide({
      reserve: (_s, c: { orderId: string }) => {
        if (isBroken) throw new Error('a bug of this release')
        return { type: 'StockReserved', data: c }
      },
      release: (s, c: { orderId: string }) =>
        s.held.includes(c.orderId) ? { type: 'StockReleased', data: c } : [],
    })
    .evolve({
      StockReserved: ({ held }, { data }) => ({ held: [...held, data.orderId] }),
      StockReleased: ({ held }, { data }) => ({ held: held.filter((id) => id !== data.orderId) }),
    })
  const checkout = shop.saga('checkout', 'OrderPlaced', {
    steps: {
      reserve: {
        do: (o) => Stock.reserve('tea', { orderId: o.key }),
        undo: (o) => Stock.release('tea', { orderId: o.key }),
        done: 'StockReserved',
        timeout: '1h',
      },
    },
    compensated: (o) => Order.cancel(o.key),
  })
  await using app = await eventwright({
    store: memory(),
    run: [Order, Stock, checkout],
    virtualClock: true,
  })
  const drain = async (milliseconds: number): Promise<void> => {
    const end = app.clock.now() + milliseconds
    await app.idle()
    for (let due = await app.nextDue(); due !== undefined && due <= end; due = await app.nextDue()) {
      await app.clock.advanceTo(due)
      await app.idle()
    }
  }

  await app.execute(Order.place('o-1', { quantity: 1 }))
  await drain(30 * 60_000)
  const [parked] = await app.deadLetters('app')
  assert.equal(parked?.key, 'tea', 'reserve is parked')
  await drain(60 * 60_000)
  // The saga's own release queues behind the parked reserve; an operator's comes first, and names what it undoes.
  const release = Stock.release('tea', { orderId: 'o-1' })
  await app.execute({ ...release, compensates: 'checkout/o-1/1/reserve/1' })
  isBroken = false
  await app.redrive('app')
  await drain(60_000)

  assert.deepEqual((await app.store.read('stock-tea')).events, [], 'the redriven reserve met the fence')
  assert.deepEqual(await app.deadLetters(), [])
  assert.equal((await sagaStatus(app.store, 'checkout', 'o-1')).status, 'compensated')
  assert.deepEqual(
    (await app.store.read('order-o-1')).events.map(({ type }) => type),
    ['OrderPlaced', 'OrderCancelled'],
  )
})
