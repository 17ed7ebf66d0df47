import assert from 'node:assert/strict'
import type { SagaPlace, SagaPromises } from './place.ts'
import { checkout, gateway } from './shop.ts'
import { answersTo, heldBy, placeOrder, sends, startWorld, type World } from './world.ts'

const MINUTE = 60_000

/** Processes that end at a bad moment, or that are several. */
export const processes: SagaPromises = {
  'a process that ends between intent and publish: the next one publishes the command': (at) =>
    acrossProcesses(at, sends('reserve')),

  'a process that ends between effect and answer: the next one hears the answer': (at) =>
    acrossProcesses(at, answersTo('reserve'), ({ type }) => type === 'StockReserved'),

  'of two processes one fires a timer, once': async (at) => {
    const first = await startWorld(at, checkout)
    const second = await startWorld(at, checkout, { clock: first.clock, sagasOnly: true })
    try {
      for (let order = 1; order <= 5; order++) await placeOrder(first, `o-${order}`)
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
    await placeOrder(first)
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
    await placeOrder(newer)
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
  await placeOrder(first)
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
