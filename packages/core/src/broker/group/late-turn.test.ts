import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { eventually, message } from '../../testing/broker/observe.ts'
import type { Delivery } from '../broker.ts'
import { emptyMemory, memoryStorage } from '../memory/memory-storage.ts'
import { openBroker } from '../open-broker.ts'
import type { BrokerStorage } from '../storage.ts'

/** Holds back each turn of a member after its first, until it is let through. */
function heldTurns(storage: BrokerStorage) {
  const waiting: (() => void)[] = []
  let turns = 0
  let free = false
  const held: BrokerStorage = {
    ...storage,
    async updateGroup(...all) {
      if (turns++ > 0 && !free) await new Promise<void>((resolve) => waiting.push(resolve))
      return storage.updateGroup(...all)
    },
  }
  const letThrough = (): void => waiting.shift()?.()
  const isWaiting = (): Promise<void> => eventually(() => assert.equal(waiting.length, 1))
  const end = (): void => {
    free = true
    while (waiting.length > 0) letThrough()
  }
  return { storage: held, isWaiting, letThrough, end }
}

test('a partition that is given back during a turn is not run again under the same token', async () => {
  const memory = memoryStorage(emptyMemory())
  const turns = heldTurns(memory)
  await using stack = new AsyncDisposableStack()
  const broker = stack.adopt(openBroker(turns.storage), (open) => open.close())
  stack.defer(turns.end)
  await broker.ensureTopic('t', { partitions: 1 })
  await broker.publish('t', [message('m-0')])
  const deliveries: Delivery[] = []
  await broker.subscribe({ group: 'g', topics: ['t'] }, async (_messages, delivery) => {
    deliveries.push(delivery)
    delivery.signal.addEventListener('abort', delivery.letGo)
  })
  await eventually(() => assert.equal(deliveries.length, 1))
  // Another member looks around: so does this one.
  await memory.updateGroup('g', ['t'], () => ({ members: [], gone: [], partitions: [], rebalance: true }))
  await turns.isWaiting()
  deliveries[0]?.outdated(5)
  turns.letThrough()
  // The turn that was under way has ended, the one that gives back has not begun.
  await turns.isWaiting()
  for (let turn = 0; turn < 10; turn++) await nextTurn()
  turns.letThrough()
  await eventually(() => assert.equal(deliveries.at(-1)?.token, 6))
  assert.deepEqual(
    deliveries.map(({ token }) => token),
    [1, 6],
  )
})
