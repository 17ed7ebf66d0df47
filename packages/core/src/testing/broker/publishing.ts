import assert from 'node:assert/strict'
import {
  BrokerClosed,
  MessageTooLarge,
  PartitionsDiffer,
  partitionOf,
  UnknownTopic,
} from '../../broker/index.ts'
import { assertKeyOrder, eventually, message, messages, observe } from './observe.ts'
import type { BrokerPromises } from './place.ts'

export const publishing: BrokerPromises = {
  'a topic is made once, however many make it at the same time': async ({ engine }) => {
    const [one, two] = await Promise.all([engine.openBroker(), engine.openBroker()])
    await Promise.all([one, two, one, two].map((broker) => broker.ensureTopic('t', { partitions: 3 })))
    assert.deepEqual(await two.topics(), [{ topic: 't', partitions: 3 }])
  },

  'a topic has six partitions unless told otherwise, and never gets more by asking': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t')
    assert.deepEqual(await broker.topics(), [{ topic: 't', partitions: 6 }])
    await broker.ensureTopic('t')
    await broker.ensureTopic('t', { partitions: 2 })
    await assert.rejects(broker.ensureTopic('t', { partitions: 7 }), PartitionsDiffer)
    for (const partitions of [0, -1, 1.5]) {
      await assert.rejects(broker.ensureTopic('u', { partitions }), { code: 'InvalidOption' })
    }
    assert.deepEqual(await broker.topics(), [{ topic: 't', partitions: 6 }])
  },

  'a name that an engine cannot keep is refused, of a topic and of a group': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t')
    for (const name of ['', 'a\0b', '\ud800', 'x'.repeat(250), 'é'.repeat(125)]) {
      const calls = [
        broker.ensureTopic(name),
        broker.publish(name, [message('m')]),
        broker.latest(name, 1),
        broker.groupLag(name),
        observe(broker, { topics: [name] }),
        observe(broker, { topics: ['t'], group: name }),
      ]
      for (const call of calls) await assert.rejects(call, { code: 'InvalidPayload' }, `${name.length}`)
    }
    assert.deepEqual(await broker.topics(), [{ topic: 't', partitions: 6 }])
  },

  'a topic that was never made is refused by publish and subscribe': async ({ engine }) => {
    const broker = await engine.openBroker()
    await assert.rejects(broker.publish('none', [message('m')]), UnknownTopic)
    await assert.rejects(observe(broker, { topics: ['none'] }), UnknownTopic)
  },

  'what was published comes as it was, with gapless offsets in its partition': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 4 })
    const sent = ['ä', 'k-1', 'k-2', '', '🍵', 'z\u0000\u00010'].flatMap((key) =>
      Array.from({ length: 5 }, (_, at) => ({
        id: `${key}-${at}`,
        key,
        headers: { 'content-type': 'text/x', trace: 'ü"\\' },
        value: `${JSON.stringify({ text: '日本\n\u0000', at })}\u0000\u0001`,
      })),
    )
    const before = Date.now()
    await broker.publish('t', sent)
    const { seen } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(seen.length, sent.length))
    for (const expected of sent) {
      const found = seen.find((one) => one.message.id === expected.id)?.message
      assert.ok(found)
      const { id, key, headers, value } = found
      assert.deepEqual({ id, key, headers, value }, expected)
      assert.equal(found.topic, 't')
      assert.equal(found.partition, partitionOf(expected.key, 4))
      assert.ok(found.publishedAt >= before - 1 && found.publishedAt <= Date.now())
    }
    for (const partition of [0, 1, 2, 3]) {
      const offsets = seen
        .filter((one) => one.message.partition === partition)
        .map((one) => one.message.offset)
      assert.deepEqual(offsets, [...offsets.keys()])
    }
  },

  'publishers at the same time keep the order of each key and leave no gap': async ({ engine }) => {
    const brokers = await Promise.all([engine.openBroker(), engine.openBroker(), engine.openBroker()])
    const [first] = brokers
    await first.ensureTopic('t', { partitions: 3 })
    const { seen } = await observe(first, { topics: ['t'] })
    await Promise.all(
      brokers.map(async (broker, publisher) => {
        const calls: Promise<void>[] = []
        for (let at = 0; at < 60; at += 1) {
          calls.push(broker.publish('t', [message(`${publisher}-${at}`, `k${at % 5}`)]))
          if (at % 7 === 0) await calls.at(-1)
        }
        await Promise.all(calls)
      }),
    )
    await eventually(() => assert.equal(seen.length, 180))
    assertKeyOrder(seen)
    for (const publisher of ['0', '1', '2']) {
      for (const key of ['k0', 'k1', 'k2', 'k3', 'k4']) {
        const numbers = seen
          .filter(({ message: { id, key: of } }) => of === key && id.startsWith(`${publisher}-`))
          .map(({ message: { id } }) => Number(id.slice(2)))
        assert.deepEqual(
          numbers,
          [...numbers].sort((a, b) => a - b),
        )
        assert.equal(numbers.length, 12)
      }
    }
    for (const partition of [0, 1, 2]) {
      const offsets = seen
        .filter((one) => one.message.partition === partition)
        .map((one) => one.message.offset)
      assert.deepEqual(offsets, [...offsets.keys()])
    }
  },

  'the last messages of each partition can be looked at, and no group moves': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 2 })
    assert.deepEqual(await broker.latest('t', 5), [])
    const keys = ['k0', 'k1', 'k2', 'k3']
    const sent = Array.from({ length: 40 }, (_, at) => message(`m-${at}`, keys[at % 4]))
    await broker.publish('t', sent)
    const { seen } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(seen.length, 40))
    for (const limit of [0, 1, 3, 100]) {
      const looked = await broker.latest('t', limit)
      for (const partition of [0, 1]) {
        const all = seen.map((one) => one.message).filter((one) => one.partition === partition)
        assert.deepEqual(
          looked.filter((one) => one.partition === partition),
          limit === 0 ? [] : all.slice(-limit),
        )
      }
    }
    await assert.rejects(broker.latest('none', 1), UnknownTopic)
  },

  'messages without a key are spread over all partitions': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 5 })
    for (const one of messages('m', 10)) await broker.publish('t', [one])
    const { seen } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(seen.length, 10))
    assert.equal(new Set(seen.map((one) => one.message.partition)).size, 5)
  },

  'a message may have 1,000,000 bytes with its headers, and one more refuses the whole call': async ({
    engine,
  }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t', { partitions: 1 })
    const envelope = { id: 'big', key: 'k', headers: { name: 'é' } }
    const most = 'ü'.repeat((1_000_000 - 3 - 1 - 6) / 2)
    await assert.rejects(
      broker.publish('t', [message('small'), { ...envelope, value: `${most}x` }]),
      MessageTooLarge,
    )
    await broker.publish('t', [{ ...envelope, value: most }])
    const { seen, ids } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.deepEqual(ids(), ['big']))
    assert.equal(seen[0]?.message.value, most)
  },

  'a closed broker refuses, and what it published stays': async ({ engine }) => {
    const broker = await engine.openBroker()
    const other = await engine.openBroker()
    await broker.ensureTopic('t')
    const publishingLast = broker.publish('t', [message('last')])
    await Promise.all([publishingLast, broker.close(), broker.close()])
    await assert.rejects(broker.publish('t', [message('late')]), BrokerClosed)
    await assert.rejects(broker.ensureTopic('u'), BrokerClosed)
    await assert.rejects(observe(broker, { topics: ['t'] }), BrokerClosed)
    const { ids } = await observe(other, { topics: ['t'] })
    await eventually(() => assert.deepEqual(ids(), ['last']))
  },
}
