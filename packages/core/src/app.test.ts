import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { catalog, eventwright, reject } from './index.ts'
import { sqlite } from './sqlite.ts'

const folder = await mkdtemp(join(tmpdir(), 'shop-'))
const schemas = join(folder, 'schemas')
after(() => rm(folder, { recursive: true }))

before(async () => {
  await mkdir(schemas)
  const [text, count] = [{ type: 'string' }, { type: 'integer', minimum: 1 }]
  const payloads = {
    OrderPlaced: { sku: text, quantity: count },
    OrderConfirmed: {},
    OrderCancelled: { reason: text },
    StockReceived: { quantity: count },
    StockReserved: { orderId: text, quantity: count },
    StockRejected: { orderId: text },
    StockReleased: { orderId: text },
  }
  for (const [type, properties] of Object.entries(payloads)) {
    const schema = { type: 'object', properties, required: Object.keys(properties) }
    await writeFile(join(schemas, `${type}.json`), JSON.stringify(schema))
  }
})

it('the shop of the design runs: types infer, commands retry, the saga confirms or cancels', async () => {
  const shop = catalog<{
    OrderPlaced: { sku: string; quantity: number }
    OrderConfirmed: {}
    OrderCancelled: { reason: string }
    StockReceived: { quantity: number }
    StockReserved: { orderId: string; quantity: number }
    StockRejected: { orderId: string }
    StockReleased: { orderId: string }
  }>({ namespace: 'com.example.shop', schemas })

  const Order = shop
    .aggregate<{ status: 'none' | 'placed' | 'confirmed' | 'cancelled' }>('order', { status: 'none' })
    .decide({
      place: (s, c: { sku: string; quantity: number }) =>
        s.status === 'none' ? { type: 'OrderPlaced', data: c } : reject('AlreadyPlaced'),
      confirm: (s) => (s.status === 'placed' ? { type: 'OrderConfirmed', data: {} } : reject('NotPlaced')),
      cancel: (s, c: { reason: string }) =>
        s.status === 'placed' ? { type: 'OrderCancelled', data: c } : [],
    })
    .evolve({
      OrderPlaced: (s) => ({ ...s, status: 'placed' }),
      OrderConfirmed: (s) => ({ ...s, status: 'confirmed' }),
      OrderCancelled: (s) => ({ ...s, status: 'cancelled' }),
    })

  const Stock = shop
    .aggregate<{ free: number; held: { [orderId: string]: number } }>('stock', { free: 0, held: {} })
    .decide({
      receive: (_s, c: { quantity: number }) => ({ type: 'StockReceived', data: c }),
      reserve: (s, c: { orderId: string; quantity: number }) =>
        c.quantity <= s.free
          ? { type: 'StockReserved', data: c }
          : { type: 'StockRejected', data: { orderId: c.orderId } },
      release: (s, c: { orderId: string }) => (c.orderId in s.held ? { type: 'StockReleased', data: c } : []),
    })
    .evolve({
      StockReceived: (s, e) => ({ ...s, free: s.free + e.data.quantity }),
      StockReserved: (s, e) => ({
        free: s.free - e.data.quantity,
        held: { ...s.held, [e.data.orderId]: e.data.quantity },
      }),
      StockRejected: (s) => s,
      StockReleased: (s, e) => {
        const { [e.data.orderId]: quantity = 0, ...held } = s.held
        return { free: s.free + quantity, held }
      },
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

  const run = [Order, Stock, checkout, demand]
  await using app = await eventwright({ store: sqlite(join(folder, 'shop.db')), run })
  await app.execute(Stock.receive('tea', { quantity: 3 }))
  const place = Order.place('o-1', { sku: 'tea', quantity: 2 })
  const first = await app.execute(place, { commandId: 'click-7' })
  const again = await app.execute(place, { commandId: 'click-7' })
  assert.deepEqual([first.duplicate, again.duplicate], [false, true])
  await app.idle()
  await app.execute(Order.place('o-2', { sku: 'tea', quantity: 2 }))
  await app.idle()
  await app.caughtUp(demand)

  const typesOf = async (stream: string): Promise<readonly string[]> =>
    (await app.store.read(stream)).events.map(({ type }) => type)
  assert.deepEqual(await typesOf('order-o-1'), ['OrderPlaced', 'OrderConfirmed'])
  assert.deepEqual(await typesOf('order-o-2'), ['OrderPlaced', 'OrderCancelled'])
  assert.deepEqual(await typesOf('stock-tea'), ['StockReceived', 'StockReserved', 'StockRejected'])
  assert.deepEqual(await app.documents('demand').get('tea'), { quantity: 4 })
})
