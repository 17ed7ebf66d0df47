// The program of the README as a stranger writes it, on the published types: no cast, no `as const`.
import { catalog, eventwright, reject } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'

const shop = catalog<{
  OrderPlaced: { sku: string; quantity: number }
  OrderConfirmed: {}
  OrderCancelled: { reason: string }
  StockReserved: { orderId: string; quantity: number }
  StockRejected: { orderId: string }
  StockReleased: { orderId: string }
}>({ namespace: 'com.example.shop' })

const Order = shop
  .aggregate<{ status: 'none' | 'placed' | 'confirmed' | 'cancelled' }>('order', { status: 'none' })
  .decide({
    place: (s, c: { sku: string; quantity: number }) =>
      s.status === 'none' ? { type: 'OrderPlaced', data: c } : reject('AlreadyPlaced'),
    confirm: (s) => (s.status === 'placed' ? { type: 'OrderConfirmed', data: {} } : reject('NotPlaced')),
    cancel: (s, c: { reason: string }) => (s.status === 'placed' ? { type: 'OrderCancelled', data: c } : []),
  })
  .evolve({
    OrderPlaced: (s) => ({ ...s, status: 'placed' }),
    OrderConfirmed: (s) => ({ ...s, status: 'confirmed' }),
    OrderCancelled: (s) => ({ ...s, status: 'cancelled' }),
  })

const Stock = shop
  .aggregate<{ left: number; held: Record<string, number> }>('stock', { left: 3, held: {} })
  .decide({
    reserve: (s, c: { orderId: string; quantity: number }) =>
      s.left >= c.quantity
        ? { type: 'StockReserved', data: c }
        : { type: 'StockRejected', data: { orderId: c.orderId } },
    release: (s, c: { orderId: string }) =>
      s.held[c.orderId] === undefined ? [] : { type: 'StockReleased', data: c },
  })
  .evolve({
    StockReserved: (s, e) => ({
      left: s.left - e.data.quantity,
      held: { ...s.held, [e.data.orderId]: e.data.quantity },
    }),
    StockRejected: (s) => s,
    StockReleased: (s, e) => ({ ...s, left: s.left + (s.held[e.data.orderId] ?? 0) }),
  })

const checkout = shop.saga('checkout', 'OrderPlaced', {
  steps: {
    reserve: {
      do: (o) => Stock.reserve(o.data.sku, { orderId: o.key, quantity: o.data.quantity }),
      undo: (o) => Stock.release(o.data.sku, { orderId: o.key }),
      done: 'StockReserved',
      failed: 'StockRejected',
      timeout: '30s',
    },
    confirm: { do: (o) => Order.confirm(o.key), done: 'OrderConfirmed' },
  },
  compensated: (o) => Order.cancel(o.key, { reason: 'no stock' }),
})

const demand = shop.projection('demand', 1, {
  OrderPlaced: (e, tx) =>
    tx
      .documents<{ quantity: number }>('demand')
      .update(e.data.sku, (d) => ({ quantity: (d?.quantity ?? 0) + e.data.quantity })),
})

await using app = await eventwright({ store: sqlite('shop.db'), run: [Order, Stock, checkout, demand] })

const first = await app.execute(Order.place('o-1', { sku: 'tea', quantity: 2 }), { commandId: 'click-7' })
const retry = await app.execute(Order.place('o-1', { sku: 'tea', quantity: 2 }), { commandId: 'click-7' })
const refused = await app.execute(Order.place('o-1', { sku: 'tea', quantity: 2 }), { commandId: 'click-8' })
await app.execute(Order.place('o-2', { sku: 'tea', quantity: 2 }), { commandId: 'click-9' })

await app.idle()
const events = async (stream: string) => (await app.store.read(stream)).events.map((event) => event.type)
console.log(
  JSON.stringify({
    first: first.outcome,
    retry: [retry.outcome, retry.duplicate],
    refused: refused.outcome === 'refused' ? refused.refusal : refused.outcome,
    fulfilled: await events('order-o-1'),
    compensated: await events('order-o-2'),
    stock: await events('stock-tea'),
    demand: await app.documents<{ quantity: number }>('demand').get('tea'),
  }),
)
