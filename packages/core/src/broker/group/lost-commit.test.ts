import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, message } from '../../testing/broker/observe.ts'
import { emptyMemory, memoryStorage } from '../memory/memory-storage.ts'
import { openBroker } from '../open-broker.ts'

test('a commit that a crash of the storage took back is made again, though no message follows', async () => {
  const memory = memoryStorage(emptyMemory())
  let lost = 0
  const storage: typeof memory = {
    ...memory,
    // As where the server is cut off before what it answered is on its disk.
    commit: async (...all) => (lost++ === 0 ? [] : memory.commit(...all)),
  }
  await using stack = new AsyncDisposableStack()
  const broker = stack.adopt(openBroker(storage), (open) => open.close())
  await broker.ensureTopic('t', { partitions: 1 })
  await broker.publish('t', [message('m')])
  const options = { group: 'g', topics: ['t'], sessionTimeout: 60 }
  const subscription = await broker.subscribe(options, async (messages, delivery) => {
    for (const each of messages) delivery.ack(each)
  })
  await eventually(() => assert.ok(lost > 0))
  await eventually(async () => assert.equal(await subscription.lag(), 0))
})
