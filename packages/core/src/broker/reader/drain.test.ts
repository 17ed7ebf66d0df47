import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delivery, ReceivedMessage } from '../broker.ts'
import { PartitionReader } from './partition-reader.ts'

const message: ReceivedMessage = {
  id: 'm',
  key: null,
  headers: {},
  value: '{}',
  topic: 't',
  partition: 0,
  offset: 0,
  publishedAt: 0,
}

test('who drains a partition that is being drained waits for what is in flight too', async () => {
  const handed = Promise.withResolvers<Delivery>()
  const reader = new PartitionReader({ topic: 't', partition: 0 }, 1, 0, {
    batch: 1,
    maxInFlight: 1,
    handler: async (_messages, delivery) => handed.resolve(delivery),
    read: async () => [message],
    paused: () => false,
    acknowledged: () => {},
    failed: () => {},
    outdated: () => {},
  })
  reader.sawEnd(1)
  reader.start()
  const delivery = await handed.promise
  const ended: string[] = []
  const drains = ['given up', 'stopped'].map((why) => reader.drain(60_000).then(() => ended.push(why)))
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(ended, [], 'it is still in flight')
  delivery.ack(message)
  await Promise.all(drains)
  assert.equal(ended.length, 2)
  reader.close()
})
