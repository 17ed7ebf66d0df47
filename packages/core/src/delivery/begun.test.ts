import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { memoryBroker } from '../broker/index.ts'
import { newId, silentLogger } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { messageConsumer } from './consumer.ts'

const MESSAGES = ['a', 'b'].map((id) => ({ id, key: id, headers: {}, value: '{}' }))

/**
 * What a consumer handled of two messages, over a store on which the recording of attempts goes as `begin` says, and
 * other units begin after `unit`.
 */
async function consuming(begin: () => Promise<void>, unit = async () => {}) {
  const clock = manualClock()
  const store = await memoryStoreEngine().openStore({ clock })
  const broker = await memoryBroker().openBroker()
  const watched: EventStore = {
    ...store,
    async transaction(work, options) {
      await (options?.quiet ? begin() : unit())
      return store.transaction(work, options)
    },
  }
  const handled: { readonly id: string; readonly attempt: number }[] = []
  const consumer = messageConsumer<undefined>(
    {
      store: watched,
      broker,
      clock,
      ids: newId,
      logger: silentLogger,
      random: Math.random,
      instance: 'one',
    },
    {
      group: 'g',
      topics: ['t'],
      dedupe: 'id',
      parse: () => ({ kind: 'message', tenant: '', read: () => undefined }),
      handle: ({ message: { id }, attempt }) => void handled.push({ id, attempt }),
    },
  )
  await broker.ensureTopic('t', { partitions: 1 })
  await broker.publish('t', MESSAGES)
  await consumer.start()
  return {
    handled,
    consumer,
    async [Symbol.asyncDispose]() {
      await consumer.stop()
      await broker.close()
      await store.close()
    },
  }
}

test('nothing is handled before it is recorded that it is attempted', async () => {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  await using consumed = await consuming(() => {
    reached.resolve()
    return gate.promise
  })
  await reached.promise
  for (let turn = 0; turn < 50; turn++) await nextTurn()
  assert.deepEqual(consumed.handled, [])
  gate.resolve()
  while (!(await consumed.consumer.idle())) await nextTurn()
  assert.deepEqual(
    consumed.handled.map(({ id }) => id),
    ['a', 'b'],
  )
})

test('an attempt that cannot be recorded is no failure of the messages', async () => {
  let refusals = 0
  // Nobody has asked yet whether it was recorded when it turns out that it was not.
  const late = async () => {
    await nextTurn()
  }
  await using consumed = await consuming(async () => {
    if (refusals++ < 2) throw new Error('the store does not take it')
  }, late)
  while (!(await consumed.consumer.idle())) await nextTurn()
  assert.ok(refusals > 2)
  assert.deepEqual(consumed.handled, [
    { id: 'a', attempt: 1 },
    { id: 'b', attempt: 1 },
  ])
  const { work } = await consumed.consumer.health()
  assert.equal(work?.retries, 0)
})
