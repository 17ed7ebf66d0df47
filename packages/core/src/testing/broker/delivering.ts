import assert from 'node:assert/strict'
import { acknowledge, eventually, hold, message, messages, observe, type Seen, settled } from './observe.ts'
import type { BrokerPromises } from './place.ts'

const topics = ['t']

export const delivering: BrokerPromises = {
  'after acknowledgements out of order everything from the lowest open one comes again': async ({
    engine,
  }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 8))
    const first = await hold(broker, { topics, batch: 3 })
    await eventually(() => assert.equal(first.seen.length, 8))
    acknowledge(first.seen, 'm-7', 'm-1', 'm-0', 'm-4', 'm-5')
    await first.subscription.stop(0)
    const second = await observe(broker, { topics })
    await eventually(() =>
      assert.deepEqual(
        second.ids(),
        messages('m', 8)
          .slice(2)
          .map(({ id }) => id),
      ),
    )
  },

  'a handler that resolves without acknowledging has taken nothing off the topic': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 3))
    const first = await hold(broker, { topics })
    await eventually(() => assert.equal(first.seen.length, 3))
    await settled(30)
    assert.equal(await broker.groupLag('g'), 3)
    await first.subscription.stop(0)
    const second = await observe(broker, { topics })
    await eventually(() => assert.equal(second.seen.length, 3))
  },

  'what a handler threw at comes again before anything later of its partition': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 6, 'k'))
    let throws = 3
    const seen: string[] = []
    const subscription = await broker.subscribe({ group: 'g', topics, batch: 3 }, async (batch, delivery) => {
      for (const received of batch) {
        seen.push(received.id)
        if (received.id === 'm-1' && throws-- > 0) throw new Error('not now')
        delivery.ack(received)
      }
    })
    await eventually(() => assert.equal(seen.at(-1), 'm-5'))
    assert.deepEqual(seen, ['m-0', 'm-1', 'm-1', 'm-1', 'm-1', 'm-2', 'm-3', 'm-4', 'm-5'])
    assert.equal(await subscription.lag(), 0)
  },

  'a handler that always throws is not called in a tight loop': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', [message('m')])
    const { subscription, seen } = await observe(broker, {
      topics,
      handle: () => {
        throw new Error('never')
      },
    })
    await eventually(() => assert.ok(seen.length >= 2))
    await settled(300)
    assert.ok(seen.length < 12, `called ${seen.length} times in 300 ms`)
    const began = performance.now()
    await subscription.stop(60_000)
    assert.ok(performance.now() - began < 30_000, 'what was thrown at is not in flight')
  },

  'no more are in flight than allowed, and no more in a batch': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 2 })
    await broker.publish('t', messages('m', 40))
    const sizes: number[] = []
    const seen: Seen[] = []
    await broker.subscribe({ group: 'g', topics, batch: 4, maxInFlight: 10 }, async (batch, delivery) => {
      sizes.push(batch.length)
      for (const received of batch) seen.push({ member: 'a', message: received, delivery })
    })
    await eventually(() => assert.equal(seen.length, 20))
    await settled(60)
    assert.equal(seen.length, 20)
    assert.ok(Math.max(...sizes) <= 4)
    const [oldest] = seen
    assert.ok(oldest)
    oldest.delivery.ack(oldest.message)
    oldest.delivery.ack(oldest.message)
    await eventually(() => assert.equal(seen.length, 21))
    await settled(30)
    assert.equal(seen.length, 21, 'acknowledging twice makes no room')
  },

  'a paused subscription gets nothing, and goes on where it was': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t')
    const { subscription, seen, ids } = await observe(broker, { topics })
    await broker.publish('t', [message('before', 'k')])
    await eventually(() => assert.equal(seen.length, 1))
    subscription.pause()
    await broker.publish('t', messages('m', 4, 'k'))
    await settled(80)
    assert.deepEqual(ids(), ['before'])
    subscription.resume()
    await eventually(() => assert.deepEqual(ids(), ['before', 'm-0', 'm-1', 'm-2', 'm-3']))
  },

  'stop waits for what is in flight and for nothing else': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 4))
    const { subscription, seen } = await hold(broker, { topics, maxInFlight: 2 })
    await eventually(() => assert.equal(seen.length, 2))
    let stopped = false
    const stopping = subscription.stop().then(() => {
      stopped = true
    })
    await settled(40)
    assert.equal(stopped, false)
    assert.ok(seen[0]?.delivery.signal.aborted, 'the signal says that the partition is being given up')
    acknowledge(seen, 'm-1', 'm-0')
    await stopping
    assert.equal(seen.length, 2)
    assert.equal(await broker.groupLag('g'), 2)
  },

  'stop does not wait longer than it was told, and later acknowledgements count for nothing': async ({
    engine,
  }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 2))
    const { subscription, seen } = await hold(broker, { topics })
    await eventually(() => assert.equal(seen.length, 2))
    const began = performance.now()
    await Promise.all([subscription.stop(50), subscription.stop(50)])
    assert.ok(performance.now() - began < 20_000)
    acknowledge(seen, 'm-0', 'm-1')
    await settled(40)
    assert.equal(await broker.groupLag('g'), 2)
  },

  'lag counts what is not acknowledged, in every partition of every topic': async ({ engine }) => {
    const broker = await engine.openBroker()
    const other = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 2 })
    await broker.ensureTopic('u', { partitions: 1 })
    await broker.publish('t', messages('m', 6))
    await broker.publish('u', messages('n', 3))
    const { subscription, seen } = await hold(broker, { topics: ['t', 'u'] })
    await eventually(() => assert.equal(seen.length, 9))
    assert.equal(await subscription.lag(), 9)
    acknowledge(seen, 'n-2')
    assert.equal(await subscription.lag(), 8)
    assert.equal(await other.groupLag('g'), 9, 'from the lowest open one, as the storage has it')
    acknowledge(seen, 'n-0', 'n-1')
    assert.equal(await subscription.lag(), 6)
    assert.equal(await other.groupLag('g'), 6)
    acknowledge(seen, ...messages('m', 6).map(({ id }) => id))
    assert.equal(await subscription.lag(), 0)
    assert.equal(await other.groupLag('g'), 0)
    await other.publish('t', [message('late')])
    assert.equal(await subscription.lag(), 1)
  },
}
