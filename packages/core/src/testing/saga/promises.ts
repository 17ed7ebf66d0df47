import assert from 'node:assert/strict'
import type { SagaPlace, SagaPromises } from './place.ts'
import { checkout, gateway, loops, order, stock, together, waiting } from './shop.ts'
import { answersTo, inWorld, sends, startWorld, type World } from './world.ts'

const MINUTE = 60_000

async function heldBy(world: World, sku: string): Promise<number> {
  const types = await world.types(`stock-${sku}`)
  const count = (name: string): number => types.filter((type) => type === name).length
  return count('StockReserved') - count('StockReleased')
}

async function place(world: World, id = 'o-1'): Promise<void> {
  await world.execute(order.place(id))
  await world.settle()
}

/** What a saga does on real engines when all goes well, or a step fails. */
const outcomes: SagaPromises = {
  'a saga is completed, every command decided once though each message comes three times': (at) =>
    inWorld(
      at,
      checkout,
      async (world) => {
        await place(world)
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
      await place(world)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('order-o-1'), ['OrderPlaced', 'OrderCancelled'])
    }),

  'a refusal fails its step, and what was done before is compensated': (at) =>
    inWorld(at, checkout, async (world) => {
      await world.execute(gateway.request('o-1'))
      await place(world)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'a failing event compensates, last in, first out': (at) =>
    inWorld(at, checkout, async (world) => {
      await place(world)
      await world.execute(gateway.decline('o-1'))
      await world.settle()
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('stock-tea'), ['StockReserved', 'StockReleased'])
      assert.deepEqual(await world.types('payment-o-1'), ['PaymentRequested', 'PaymentDeclined'])
    }),

  'two starts of one key run one saga, and the tally tells of the second': (at) =>
    inWorld(at, checkout, async (world) => {
      await place(world)
      await place(world)
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

/** Time-outs, and what comes before or after its time. */
const times: SagaPromises = {
  'an answer that comes before the start is used at the start': (at) =>
    inWorld(at, waiting, async (world) => {
      await world.execute(gateway.request('o-1'))
      await world.execute(gateway.authorize('o-1'))
      await world.settle()
      assert.equal((await world.saga.health()).detail?.earlyKept, 1)
      await place(world)
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
      await place(world)
      assert.equal(await world.status('o-1'), 'paid')
    }),

  'a silent gateway: the timed-out step is compensated too': (at) =>
    inWorld(at, checkout, async (world) => {
      await place(world)
      await world.pass(16 * MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('payment-o-1'), ['PaymentRequested', 'PaymentVoided'])
      assert.deepEqual(await world.types('stock-tea'), ['StockReserved', 'StockReleased'])
    }),

  "a parallel step's completion leaves the other step's timer alive": (at) =>
    inWorld(at, together, async (world) => {
      await place(world)
      assert.equal(await world.status('o-1'), 'payment', 'the stock is reserved, the payment is not')
      await world.pass(15 * MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'an answer after the time-out is ignored and counted': (at) =>
    inWorld(at, checkout, async (world) => {
      world.holdBack(({ type }) => type === 'StockReserved')
      await place(world)
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
      await place(world)
      await world.pass(MINUTE)
      assert.equal(await world.status('o-1'), 'compensated')
      await world.letGo()
      await world.settle()
      assert.deepEqual(await world.types('stock-tea'), [], 'no stock is held for ever')
    }),

  'a cancellation from outside compensates what is done and what is pending': (at) =>
    inWorld(at, checkout, async (world) => {
      await place(world)
      await world.execute(order.cancel('o-1'))
      await world.settle()
      assert.equal(await world.status('o-1'), 'compensated')
      assert.deepEqual(await world.types('payment-o-1'), ['PaymentRequested', 'PaymentVoided'])
      assert.equal(await heldBy(world, 'tea'), 0)
    }),

  'a compensation that is refused is tried again, is stuck in health, and is done in the end': (at) =>
    inWorld(at, checkout, async (world) => {
      await place(world)
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

/** Processes that end at a bad moment, or that are several. */
const processes: SagaPromises = {
  'a process that ends between intent and publish: the next one publishes the command': (at) =>
    acrossProcesses(at, sends('reserve')),

  'a process that ends between effect and answer: the next one hears the answer': (at) =>
    acrossProcesses(at, answersTo('reserve'), ({ type }) => type === 'StockReserved'),

  'of two processes one fires a timer, once': async (at) => {
    const first = await startWorld(at, checkout)
    const second = await startWorld(at, checkout, { clock: first.clock, sagasOnly: true })
    try {
      for (let order = 1; order <= 5; order++) await place(first, `o-${order}`)
      for (let moment = 0; moment < 16; moment++) {
        await first.pass(MINUTE)
        await second.settle()
      }
      await first.settle()
      for (let order = 1; order <= 2; order++) {
        assert.equal(await first.status(`o-${order}`), 'compensated')
        assert.deepEqual(await first.types(`payment-o-${order}`), ['PaymentRequested', 'PaymentVoided'])
      }
      const ids = (await first.sent()).map(({ commandId }) => commandId)
      assert.equal(new Set(ids).size, ids.length, 'no command was sent twice')
      assert.equal(await heldBy(first, 'tea'), 0)
    } finally {
      await second.stop()
      await first.stop()
    }
  },

  'timers of a process that ended are fired by the next one': async (at) => {
    const first = await startWorld(at, checkout)
    await place(first)
    await first.stop()
    const second = await startWorld(at, checkout, { clock: first.clock })
    try {
      await second.pass(16 * MINUTE)
      assert.equal(await second.status('o-1'), 'compensated')
    } finally {
      await second.stop()
    }
  },

  'an older process leaves newer sagas and their timers to a newer one': async (at) => {
    const newer = await startWorld(at, { ...checkout, version: 2 })
    await place(newer)
    await newer.stop()
    const older = await startWorld(at, checkout, { clock: newer.clock })
    await older.execute(gateway.decline('o-1'))
    await older.settle()
    await older.pass(16 * MINUTE)
    assert.equal(await older.status('o-1'), 'payment', 'nothing was decided, nothing lost')
    await older.stop()
    const again = await startWorld(at, { ...checkout, version: 2 }, { clock: newer.clock })
    try {
      await again.pass(MINUTE)
      assert.equal(await again.status('o-1'), 'compensated')
      assert.equal(await heldBy(again, 'tea'), 0)
    } finally {
      await again.stop()
    }
  },
}

/** A first process in which these messages never leave; the next one publishes them. */
async function acrossProcesses(
  at: SagaPlace,
  ...lost: readonly Parameters<World['holdBack']>[0][]
): Promise<void> {
  const first = await startWorld(at, checkout)
  first.holdBack((event) => lost.some((isLost) => isLost(event)))
  await place(first)
  assert.equal(await first.status('o-1'), 'reserve')
  await first.stop()
  const second = await startWorld(at, checkout, { clock: first.clock, fromStart: true })
  try {
    await second.settle()
    assert.equal(await second.status('o-1'), 'payment')
    assert.deepEqual(await second.types('stock-tea'), ['StockReserved'])
    await second.execute(gateway.authorize('o-1'))
    await second.settle()
    assert.equal(await second.status('o-1'), 'completed')
  } finally {
    await second.stop()
  }
}

export const promises: SagaPromises = { ...outcomes, ...times, ...processes }
