import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { eventually, messages, observe } from '../../testing/broker/observe.ts'
import { type KafkaPlace, kafkaPlace } from './fixtures/place.ts'

async function deleteTopic({ admin, broker, prefix }: KafkaPlace, topic: string): Promise<void> {
  await admin.deleteTopics({ topics: [`${prefix}${topic}`] })
  await eventually(async () => {
    assert.ok(!(await broker.topics()).some((found) => found.topic === topic))
  })
}

suite('topics that are deleted while a group on Kafka reads them', {
  skip: withoutKafka(),
  concurrency: 4,
}, () => {
  for (const groupProtocol of ['classic', 'consumer'] as const) {
    test(`one that is made anew and soon has more messages than were read is read from its first one (${groupProtocol})`, async () => {
      await using place = await kafkaPlace()
      const broker = await place.open({ groupProtocol })
      await broker.ensureTopic('t', { partitions: 1 })
      await broker.publish('t', messages('old', 2, 'k'))
      const { seen, ids } = await observe(broker, { topics: ['t'] })
      await eventually(() => assert.equal(seen.length, 2))
      await deleteTopic(place, 't')
      await place.broker.ensureTopic('t', { partitions: 1 })
      const all = messages('new', 9, 'k')
      await place.broker.publish('t', all)
      await eventually(() => assert.equal(ids().at(-1), 'new-8'))
      assert.deepEqual(
        ids().slice(2),
        all.map(({ id }) => id),
      )
      assert.ok((seen.at(-1)?.delivery.token ?? 0) > (seen[0]?.delivery.token ?? 0))
    })

    test(`other topics go on when one is gone, and so does that one when it is back (${groupProtocol})`, async () => {
      await using place = await kafkaPlace()
      const broker = await place.open({ groupProtocol, refreshInterval: 100 })
      await broker.ensureTopic('t', { partitions: 2 })
      await broker.ensureTopic('u', { partitions: 2 })
      const { seen, ids, subscription } = await observe(broker, { topics: ['t', 'u'] })
      await broker.publish('t', messages('t', 4))
      await broker.publish('u', messages('u', 4))
      await eventually(() => assert.equal(ids().length, 8))
      await deleteTopic(place, 't')
      await broker.publish('u', messages('after', 4))
      await eventually(() => assert.equal(ids().length, 12))
      await eventually(async () => assert.equal(await subscription.lag(), 0))
      const old = seen.filter(({ delivery }) => delivery.topic === 't')
      await eventually(() => assert.ok(old.every(({ delivery }) => delivery.signal.aborted)))
      await place.broker.ensureTopic('t', { partitions: 2 })
      await place.broker.publish('t', messages('again', 4))
      await eventually(() => assert.equal(ids().length, 16))
    })
  }

  test('a commit that was made for one that was deleted counts for nothing in the one made anew', async () => {
    await using place = await kafkaPlace()
    const { broker } = place
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('new', 4, 'k'))
    await place.commit('t', 3, 'token=7 topic=11111111-2222-4333-8444-555555555555')
    const { seen, ids } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.deepEqual(ids(), ['new-0', 'new-1', 'new-2', 'new-3']))
    assert.equal(seen[0]?.delivery.token, 8)
  })

  test('where somebody else sets how far a group has come, it goes on from there', async () => {
    await using place = await kafkaPlace()
    const { broker } = place
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 4, 'k'))
    const before = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(before.seen.length, 4))
    await before.subscription.stop()
    await place.commit('t', 2, '')
    const { ids } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.deepEqual(ids(), ['m-2', 'm-3']))
  })
})
