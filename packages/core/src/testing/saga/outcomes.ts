import assert from 'node:assert/strict'
import type { SagaPromises } from './place.ts'
import { checkout, gateway, loops, order, stock } from './shop.ts'
import { heldBy, inWorld, placeOrder } from './world.ts'

const MINUTE = 60_000

/** What a saga does on real engines when all goes well, or a step fails. */
export const outcomes: SagaPromises = {
  'a saga is completed, every command decided once though each message comes three times': (at) =>
    inWorld(
      at,
      checkout,
      async (world) => {
        await placeOrder(world)
        assert.equal(await world.status('o-1'), 'payment')
        await world.execute(gateway.authorize('o-1'))
        await world.settle()
        assert.equal(await world.status('o-1'), 'completed')
        assert.deepEqual(await world.types('order-o-1'), ['OrderPlaced', 'OrderConfirmed'])
        assert.deepEqual(await world.types('stock-tea'), ['StockReserved'])
        const ids = (await world.sent()).map(({ commandId }) => commandId)
        assert.deepEqual(
          ids,
          ['reserve', 'payment', ':completed'].map((step) => `checkout/o-1/1/${step}/1`),
        )
      },
      { copies: 3 },
    ),

  'a command that decides on nothing fails its step': (at) =>
    inWorld(at, checkout, async (world) => {
      await world.execute(stock.reserve('tea', 'o-1', 1))
      await placeOrder(world)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('order-o-1'), ['OrderPlaced', 'OrderCancelled'])
    }),

  'a refusal fails its step, and what was done before is compensated': (at) =>
    inWorld(at, checkout, async (world) => {
      await world.execute(gateway.request('o-1'))
      await placeOrder(world)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'a failing event compensates what was done before it': (at) =>
    inWorld(at, checkout, async (world) => {
      await placeOrder(world)
      await world.execute(gateway.decline('o-1'))
      await world.settle()
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('stock-tea'), ['StockReserved', 'StockReleased'])
      assert.deepEqual(await world.types('payment-o-1'), ['PaymentRequested', 'PaymentDeclined'])
    }),

  'two starts of one key run one saga, and the tally tells of the second': (at) =>
    inWorld(at, checkout, async (world) => {
      await placeOrder(world)
      await placeOrder(world)
      assert.equal(await world.status('o-1'), 'payment')
      const { detail } = await world.saga.health()
      assert.deepEqual([detail?.openSagas, detail?.startsIgnored], [1, 1])
    }),

  'sagas of one key in two tenants do not meet': (at) =>
    inWorld(at, checkout, async (world) => {
      await world.execute(order.place('o-1'), 'red')
      await world.execute(order.place('o-1'), 'blue')
      await world.settle()
      await world.execute(gateway.authorize('o-1'), 'red')
      await world.settle()
      assert.equal(await world.status('o-1', 'red'), 'completed')
      assert.equal(await world.status('o-1', 'blue'), 'payment')
      await world.pass(15 * MINUTE)
      assert.equal(await world.status('o-1', 'blue'), 'compensated')
      assert.deepEqual(await world.types('stock-tea', 'blue'), ['StockReserved', 'StockReleased'])
    }),

  'loops whose steps have one name send commands that do not collide': (at) =>
    inWorld(
      at,
      loops,
      async (world) => {
        await world.execute(order.place('o-1', { lines: [{ sku: 'tea' }, { sku: 'mug' }] }))
        await world.settle()
        assert.equal(await world.status('o-1'), 'completed')
        assert.equal(await heldBy(world, 'tea'), 2)
        assert.equal(await heldBy(world, 'mug'), 2)
      },
      { copies: 2 },
    ),
}
