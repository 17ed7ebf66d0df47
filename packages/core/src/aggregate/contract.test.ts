import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  catalog,
  DecidedElsewhere,
  eventwright,
  InvalidAggregate,
  memory,
  reject,
  service,
} from '../index.ts'
import { aggregateScenario } from '../testing/index.ts'

const shop = catalog({
  OrderPlaced: z.object({ sku: z.string() }),
  StockReserved: z.object({ orderId: z.string() }),
  OrderConfirmed: z.object({ at: z.number() }),
})
const Stock = shop.contract<{ ReserveStock: { orderId: string } }>('Stock', ['ReserveStock'])
const Order = shop
  .aggregate('Order', { placed: false })
  .decide({
    PlaceOrder: (_state, data: { sku: string }) => ({ type: 'OrderPlaced', data }),
    ConfirmOrder: ({ placed }, _none, { now }) =>
      placed ? { type: 'OrderConfirmed', data: { at: now } } : reject('NotPlaced'),
  })
  .evolve({ OrderPlaced: () => ({ placed: true }), OrderConfirmed: (state) => state })
const Checkout = shop.saga('Checkout', 'OrderPlaced', {
  steps: {
    stock: {
      do: ({ data, key }) => Stock.ReserveStock(data.sku, { orderId: key }),
      done: 'StockReserved',
    },
  },
  completed: ({ key }) => Order.ConfirmOrder(key),
})
const elsewhere = service('inventory', {
  elsewhere: true,
  topic: { publish: ['StockReserved'] },
  run: [Stock],
})

test('a contract makes the commands of an aggregate that runs elsewhere, and a saga sends them there', async () => {
  const engine = memory()
  const there = catalog({ StockReserved: z.object({ orderId: z.string() }) })
  const RealStock = there
    .aggregate('Stock', {})
    .decide({ ReserveStock: (_state, data: { orderId: string }) => ({ type: 'StockReserved', data }) })
    .evolve({ StockReserved: (state) => state })
  await using orders = await eventwright({
    name: 'orders',
    store: memory(),
    broker: engine,
    run: [Order, Checkout, elsewhere],
  })
  await using inventory = await eventwright({
    name: 'inventory',
    store: memory(),
    broker: engine,
    topic: { publish: ['StockReserved'] },
    run: [RealStock],
  })
  await orders.execute(Order.PlaceOrder('o-1', { sku: 'tea' }))
  const end = Date.now() + 60_000
  for (;;) {
    await Promise.all([orders.idle(), inventory.idle()])
    const { events } = await orders.store.read('Order-o-1')
    if (events.length === 2) {
      assert.equal(events[1]?.type, 'OrderConfirmed')
      break
    }
    assert.ok(Date.now() < end, 'the saga did not complete')
  }
})

test('a contract cannot run here, be executed here, or have a command that is no name', async () => {
  await assert.rejects(eventwright({ store: memory(), run: [Stock] }), {
    code: 'InvalidTopology',
    message: /Nobody here decides the commands of Stock/,
  })
  assert.throws(() => Stock.definition.decide(undefined, Stock.ReserveStock('tea', { orderId: 'o-1' }), 0), {
    name: 'DecidedElsewhere',
    message: /Stock\.ReserveStock is decided by another service/,
  })
  assert.throws(() => shop.contract<{ definition: object }>('Stock', ['definition']), InvalidAggregate)
  assert.ok(new DecidedElsewhere('a', 'b') instanceof Error)
})

test('decide is told the time of the clock of the app', async () => {
  aggregateScenario(Order, { now: 42 })
    .given({ type: 'OrderPlaced', data: { sku: 'tea' } })
    .when(Order.ConfirmOrder('o-1'))
    .then({ type: 'OrderConfirmed', data: { at: 42 } })
  await using app = await eventwright({ store: memory(), run: [Order], virtualClock: true })
  await app.clock.advanceTo(app.clock.now() + 1_000_000)
  await app.execute(Order.PlaceOrder('o-1', { sku: 'tea' }))
  const { outcome } = await app.execute(Order.ConfirmOrder('o-1'))
  assert.equal(outcome, 'events')
  const { events } = await app.store.read('Order-o-1')
  const { at } = z.object({ at: z.number() }).parse(events[1]?.data)
  assert.ok(at > Date.now() + 900_000)
})
