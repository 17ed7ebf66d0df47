import assert from 'node:assert/strict'
import type { SagaPromises } from './place.ts'
import { checkout, gateway, order, stock, together, waiting } from './shop.ts'
import { heldBy, inWorld, placeOrder, sends } from './world.ts'

const MINUTE = 60_000

/** Time-outs, and what comes before or after its time. */
export const times: SagaPromises = {
  'an answer that comes before the start is used at the start': (at) =>
    inWorld(at, waiting, async (world) => {
      await world.execute(gateway.request('o-1'))
      await world.execute(gateway.authorize('o-1'))
      await world.settle()
      assert.equal((await world.saga.health()).detail?.earlyKept, 1)
      await placeOrder(world)
      assert.equal(await world.status('o-1'), 'completed')
      const { detail } = await world.saga.health()
      assert.deepEqual([detail?.earlyKept, detail?.earlyDropped], [0, 0])
    }),

  'an answer whose saga does not start in time is dropped and counted': (at) =>
    inWorld(at, waiting, async (world) => {
      await world.execute(gateway.request('o-1'))
      await world.execute(gateway.authorize('o-1'))
      await world.pass(61 * MINUTE)
      const { detail } = await world.saga.health()
      assert.deepEqual([detail?.earlyKept, detail?.earlyDropped], [0, 1])
      await placeOrder(world)
      assert.equal(await world.status('o-1'), 'paid')
    }),

  'a silent gateway: the timed-out step is compensated too': (at) =>
    inWorld(at, checkout, async (world) => {
      await placeOrder(world)
      await world.pass(16 * MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('payment-o-1'), ['PaymentRequested', 'PaymentVoided'])
      assert.deepEqual(await world.types('stock-tea'), ['StockReserved', 'StockReleased'])
    }),

  "a parallel step's completion leaves the other step's timer alive": (at) =>
    inWorld(at, together, async (world) => {
      await placeOrder(world)
      assert.equal(await world.status('o-1'), 'payment', 'the stock is reserved, the payment is not')
      await world.pass(15 * MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'an answer after the time-out is ignored and counted': (at) =>
    inWorld(at, checkout, async (world) => {
      world.holdBack(({ type }) => type === 'StockReserved')
      await placeOrder(world)
      await world.pass(MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      await world.letGo()
      await world.settle()
      assert.equal(await world.status('o-1'), 'compensated')
      assert.equal((await world.saga.health()).detail?.answersIgnored, 1)
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'a forward command that comes after its compensation does nothing': (at) =>
    inWorld(at, checkout, async (world) => {
      world.holdBack(sends('reserve'))
      await placeOrder(world)
      await world.pass(MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      await world.letGo()
      await world.settle()
      assert.deepEqual(await world.types('stock-tea'), [], 'no stock is held for ever')
    }),

  'a cancellation from outside compensates what is done and what is pending': (at) =>
    inWorld(at, checkout, async (world) => {
      await placeOrder(world)
      await world.execute(order.cancel('o-1'))
      await world.settle()
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('payment-o-1'), ['PaymentRequested', 'PaymentVoided'])
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'a compensation that is refused is tried again, is stuck in health, and is done in the end': (at) =>
    inWorld(at, checkout, async (world) => {
      await placeOrder(world)
      await world.execute(stock.close('tea'))
      await world.execute(gateway.decline('o-1'))
      await world.pass(2000)
      assert.equal(await world.status('o-1'), 'stuck')
      const { detail } = await world.saga.health()
      assert.deepEqual([detail?.stuck, detail?.stuckSagas], [1, [{ tenant: '', key: 'o-1' }]])
      await world.execute(stock.open('tea'))
      await world.pass(MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.equal((await world.saga.health()).detail?.stuck, 0)
      assert.equal(await heldBy(world, 'tea'), 0)
    }),
}
