import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { type Logger, silentLogger } from '../../event/index.ts'
import { eventually, message, messages, observe } from '../../testing/broker/observe.ts'
import { kafkaPlace } from './fixtures/place.ts'

suite('a Kafka that others write to as well', { skip: withoutKafka(), concurrency: 4 }, () => {
  test('no values, no keys, no text, no JSON: all are handed on in order, each under an id of its own', async () => {
    await using place = await kafkaPlace()
    const { broker, other, prefix } = place
    await broker.ensureTopic('t', { partitions: 1 })
    const values = ['not json', '', '{"a":1}'].map((text) => Buffer.from(text))
    for (const value of [...values, Buffer.of(0xff, 0xfe)])
      await other.send({ messages: [{ topic: `${prefix}t`, value }] })
    await broker.publish('t', [message('ours', 'k')])
    const { seen, ids } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(seen.length, 5))
    assert.deepEqual(ids(), ['t/0/0', 't/0/1', 't/0/2', 't/0/3', 'ours'])
    assert.deepEqual(
      seen.slice(0, 3).map((one) => one.message.value),
      ['not json', '', '{"a":1}'],
    )
    await eventually(async () => assert.equal(await broker.groupLag('g'), 0))
  })

  test('a topic that was there with fewer partitions than a new one gets is told once', async () => {
    await using place = await kafkaPlace()
    const { broker, engine } = place
    await broker.ensureTopic('t', { partitions: 2 })
    const told: object[] = []
    const info = (fields: object): void => void told.push(fields)
    const logger: Logger = { ...silentLogger, info }
    await using stack = new AsyncDisposableStack()
    const later = await engine.openBroker({ logger })
    stack.defer(() => later.close())
    for (const topic of ['t', 'new', 't']) await later.ensureTopic(topic)
    assert.deepEqual(told, [{ topic: 't', partitions: 2 }])
  })

  test('what a transaction gave up is never seen, and counts for no lag', async () => {
    await using place = await kafkaPlace()
    const { broker, other, prefix } = place
    await broker.ensureTopic('t', { partitions: 1 })
    const send = async (value: string, end: 'commit' | 'abort') => {
      const transaction = await other.beginTransaction()
      await transaction.send({ messages: [{ topic: `${prefix}t`, value: Buffer.from(value) }] })
      await transaction[end]()
    }
    await send('first', 'commit')
    await send('never', 'abort')
    await send('second', 'commit')
    await send('neither', 'abort')
    const { seen, subscription } = await observe(broker, { topics: ['t'] })
    const values = () => seen.map((one) => one.message.value)
    await eventually(() => assert.deepEqual(values(), ['first', 'second']))
    await eventually(async () => assert.equal(await subscription.lag(), 0))
    await eventually(async () => assert.equal(await broker.groupLag('g'), 0))
    assert.deepEqual(
      (await broker.latest('t', 100)).map(({ value }) => value),
      ['first', 'second'],
    )
    await broker.publish('t', [message('after')])
    await eventually(() => assert.equal(seen.length, 3))
  })

  test('a message of 10 MB, which ours may not have, is read where the topic takes it', async () => {
    await using place = await kafkaPlace()
    const { broker, other, prefix } = place
    await place.makeTopic('t', [{ name: 'max.message.bytes', value: '11000000' }])
    const big = Buffer.alloc(10_000_000, 'x')
    await assert.rejects(broker.publish('t', [message('big', 'k', big.toString())]), {
      code: 'MessageTooLarge',
    })
    await other.send({ messages: [{ topic: `${prefix}t`, value: big }] })
    await broker.publish('t', [message('after')])
    const { seen } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(seen.length, 2))
    assert.equal(seen[0]?.message.value.length, big.length)
  })

  test('a large message is read while other partitions are full', async () => {
    await using place = await kafkaPlace()
    const { other, prefix } = place
    const topic = `${prefix}t`
    await place.makeTopic('t', [{ name: 'max.message.bytes', value: '4000000' }])
    await place.admin.createPartitions({ topics: [{ name: topic, count: 2 }] })
    const broker = await place.open()
    await eventually(async () => assert.equal((await broker.topics())[0]?.partitions, 2))
    const value = Buffer.alloc(900_000, 'x')
    for (let at = 0; at < 40; at += 1) await other.send({ messages: [{ topic, partition: 0, value }] })
    await other.send({ messages: [{ topic, partition: 1, value: Buffer.alloc(3_000_000, 'y') }] })
    const { seen } = await observe(broker, { topics: ['t'] })
    await eventually(() => assert.equal(seen.length, 41))
    assert.ok(seen.findIndex(({ delivery }) => delivery.partition === 1) < 30)
  })

  test('where a topic takes less than usual, what fits is sent and what does not is told', async () => {
    await using place = await kafkaPlace()
    const { broker } = place
    await place.makeTopic('t', [{ name: 'max.message.bytes', value: '1000' }])
    const value = 'x'.repeat(300)
    const all = messages('m', 20, 'k').map((one) => ({ ...one, value }))
    await broker.publish('t', all)
    const kept = await broker.latest('t', 100)
    assert.deepEqual(
      kept.map(({ id }) => id),
      all.map(({ id }) => id),
    )
    await assert.rejects(broker.publish('t', [message('big', 'k', value.repeat(4))]), {
      code: 'MessageTooLarge',
      message: /1000 are allowed/,
    })
    await broker.publish('t', [message('after', 'k')])
    assert.equal((await broker.latest('t', 1))[0]?.id, 'after')
  })

  test('1,500 messages of 1 kB go in one call', async () => {
    await using place = await kafkaPlace()
    const { broker } = place
    await broker.ensureTopic('t', { partitions: 1 })
    const all = messages('m', 1500, 'k').map((one) => ({ ...one, value: 'x'.repeat(1000) }))
    await broker.publish('t', all)
    assert.deepEqual(
      (await broker.latest('t', 2000)).map(({ id }) => id),
      all.map(({ id }) => id),
    )
  })

  test('an event in binary mode is read as one in structured mode', async () => {
    await using place = await kafkaPlace()
    await place.broker.ensureTopic('t', { partitions: 1 })
    const envelope = {
      specversion: '1.0',
      id: 'e',
      source: '/s',
      type: 'x.Y.v1',
      streamversion: 3,
      data: { a: 1 },
    }
    const event = {
      ...message('e', 'k', JSON.stringify(envelope)),
      headers: { 'content-type': 'application/cloudevents+json', traceparent: '00-a-b-01' },
    }
    for (const format of ['binary', 'structured'] as const)
      await (await place.open({ format })).publish('t', [event])
    const [binary, structured] = await place.broker.latest('t', 2)
    assert.deepEqual(JSON.parse(binary?.value ?? ''), { ...envelope, datacontenttype: 'application/json' })
    assert.deepEqual(JSON.parse(structured?.value ?? ''), envelope)
    assert.deepEqual([binary?.headers, binary?.id], [event.headers, 'e'])
    assert.deepEqual([structured?.headers, structured?.id], [event.headers, 'e'])
  })

  test('every compression is read', async () => {
    await using place = await kafkaPlace()
    await place.broker.ensureTopic('t', { partitions: 1 })
    const algorithms = ['gzip', 'snappy', 'lz4', 'zstd'] as const
    for (const compression of algorithms)
      await (await place.open({ compression })).publish('t', [message(compression, 'k', 'x'.repeat(5000))])
    const kept = await place.broker.latest('t', 10)
    assert.deepEqual(
      kept.map(({ id, value }) => [id, value.length]),
      algorithms.map((name) => [name, 5000]),
    )
  })
})
