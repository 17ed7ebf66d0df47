import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { eventually, messages, observe } from '../../testing/broker/observe.ts'
import { kafkaPlace } from './fixtures/place.ts'

const topics = ['t']

suite('a broker on Kafka that is closed while others call it', {
  skip: withoutKafka(),
  concurrency: 4,
}, () => {
  for (const groupProtocol of ['classic', 'consumer'] as const)
    test(`a member that has just asked to join is told, and keeps nothing from those that stay (${groupProtocol})`, async () => {
      await using place = await kafkaPlace()
      await place.broker.ensureTopic('t', { partitions: 4 })
      await place.broker.publish('t', messages('m', 8))
      for (const turns of [0, 1, 3, 10, 30]) {
        const broker = await place.open({ groupProtocol })
        const subscribing = broker.subscribe({ group: 'g', topics, sessionTimeout: 60_000 }, async () => {})
        let hasJoined = false
        subscribing.then(
          () => {
            hasJoined = true
          },
          () => {},
        )
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        const closing = broker.close()
        // After some turns it may be a member already.
        if (hasJoined) await subscribing
        else await assert.rejects(subscribing, { code: 'BrokerClosed' })
        await closing
      }
      const stays = await place.open({ groupProtocol })
      const { seen } = await observe(stays, { topics, sessionTimeout: 60_000 })
      await eventually(() => assert.equal(seen.length, 8), 30_000)
    })
})
