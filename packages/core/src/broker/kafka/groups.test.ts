import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer } from '@platformatic/kafka'
import { withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { eventually, hold, message, messages, observe, type Seen } from '../../testing/broker/observe.ts'
import type { SubscribeOptions } from '../broker.ts'
import { kafkaPlace } from './fixtures/place.ts'

const topics = ['t']

suite('groups on Kafka', { skip: withoutKafka(), concurrency: 4 }, () => {
  test("a partition's token rises with each owner, and above what a store knows, also in a group made anew", async () => {
    await using place = await kafkaPlace()
    const { broker, admin, prefix } = place
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 2, 'k'))
    const tokens: number[] = []
    const own = async (known: number) => {
      const before = tokens.length
      const { subscription } = await observe(broker, {
        topics,
        handle: (_message, delivery) => {
          if (tokens.at(-1) !== delivery.token) tokens.push(delivery.token)
          if (delivery.token < known) delivery.outdated(known)
        },
      })
      await eventually(() => assert.ok(tokens.length > before && (tokens.at(-1) ?? 0) > known))
      await subscription.stop(0)
    }
    await own(0)
    await own(0)
    await own(41)
    await own(0)
    assert.deepEqual(tokens, [1, 2, 3, 42, 43])
    await admin.deleteGroups({ groups: [`${prefix}g`] })
    tokens.length = 0
    await own(43)
    assert.deepEqual(tokens, [1, 44])
  })

  test('who comes back under its name keeps its partitions, and nobody else is disturbed', async () => {
    await using place = await kafkaPlace()
    await place.broker.ensureTopic('t', { partitions: 4 })
    const seen: Seen[] = []
    const ownersOf = () =>
      new Map(seen.map(({ member, delivery }) => [delivery.partition, `${member}/${delivery.token}`]))
    const publish = async (name: string) => {
      for (const one of messages(name, 4)) await place.broker.publish('t', [one])
    }
    const start = async (name: string) => {
      const broker = await place.open({ instanceId: name })
      return observe(broker, { topics, seen, member: name })
    }
    const one = await start('one')
    await start('two')
    await eventually(async () => {
      await publish('probe')
      assert.deepEqual([...ownersOf().values()].map((owner) => owner.slice(0, 3)).sort(), [
        'one',
        'one',
        'two',
        'two',
      ])
    })
    const before = ownersOf()
    await one.subscription.stop()
    await publish('meanwhile')
    await start('one')
    await eventually(() =>
      assert.equal(seen.filter((entry) => entry.message.id.startsWith('mean')).length, 4),
    )
    for (const [partition, owner] of ownersOf()) {
      const [name, token] = (before.get(partition) ?? '').split('/')
      assert.equal(owner, name === 'one' ? `one/${Number(token) + 1}` : before.get(partition))
    }
  })

  test('of two processes under one name the older one gives way, and says so', async () => {
    await using place = await kafkaPlace()
    await place.broker.ensureTopic('t', { partitions: 2 })
    const errors: string[] = []
    const quiet = { debug() {}, info() {}, warn() {} }
    const logger = { ...quiet, error: (_fields: object, text: string) => errors.push(text) }
    await using stack = new AsyncDisposableStack()
    const seen: Seen[] = []
    for (const member of ['older', 'newer']) {
      const broker = stack.adopt(await place.named('one', logger), (open) => open.close())
      await observe(broker, { topics, seen, member })
    }
    await eventually(() => assert.equal(errors.length, 1))
    assert.match(errors[0] ?? '', /another process runs under this instanceId/)
    await place.broker.publish('t', messages('m', 6))
    await eventually(() => assert.equal(seen.length, 6))
    assert.ok(seen.every(({ member }) => member === 'newer'))
  })

  test('members of one process have a name each, also when one of them has gone', async () => {
    await using place = await kafkaPlace()
    const broker = await place.open({ instanceId: 'one' })
    await broker.ensureTopic('t', { partitions: 2 })
    const seen: Seen[] = []
    const join = (member: string) => observe(broker, { topics, seen, member, sessionTimeout: 1500 })
    const first = await join('first')
    await join('second')
    await first.subscription.stop()
    await join('third')
    await eventually(async () => {
      const before = seen.length
      await broker.publish('t', messages('m', 4))
      await eventually(() => assert.ok(seen.length >= before + 4))
      assert.deepEqual(new Set(seen.slice(before).map(({ member }) => member)), new Set(['second', 'third']))
    })
  })

  test('a handler that takes longer than the session keeps its partition', async () => {
    await using place = await kafkaPlace()
    const { broker } = place
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('m', 2, 'k'))
    const options: SubscribeOptions = { group: 'g', topics, batch: 1, sessionTimeout: 3000 }
    const tokens: number[] = []
    await broker.subscribe(options, async ([one], delivery) => {
      tokens.push(delivery.token)
      if (tokens.length === 1) await sleep(4000)
      if (one) delivery.ack(one)
    })
    await eventually(() => assert.equal(tokens.length, 2))
    await eventually(async () => assert.equal(await broker.groupLag('g'), 0))
    assert.equal(tokens[0], tokens[1])
  })

  test('partitions that an operator adds are written to and read', async () => {
    await using place = await kafkaPlace()
    const broker = await place.open({ refreshInterval: 100 })
    await broker.ensureTopic('t', { partitions: 1 })
    const { seen } = await observe(broker, { topics })
    await place.admin.createPartitions({ topics: [{ name: `${place.prefix}t`, count: 3 }] })
    await eventually(async () => {
      await broker.publish('t', messages('m', 3))
      assert.deepEqual(new Set(seen.map(({ delivery }) => delivery.partition)), new Set([0, 1, 2]))
    })
  })

  test('a topic that is deleted and made anew is read from its beginning, under higher tokens', async () => {
    await using place = await kafkaPlace()
    const { broker, admin, prefix } = place
    await broker.ensureTopic('t', { partitions: 1 })
    const { seen, ids } = await observe(broker, { topics })
    await broker.publish('t', messages('old', 5, 'k'))
    await eventually(() => assert.equal(seen.length, 5))
    await admin.deleteTopics({ topics: [`${prefix}t`] })
    await eventually(async () => assert.deepEqual(await broker.topics(), []))
    await broker.ensureTopic('t', { partitions: 1 })
    await broker.publish('t', messages('new', 2, 'k'))
    await eventually(() => assert.deepEqual(ids().slice(5), ['new-0', 'new-1']))
    assert.ok((seen.at(-1)?.delivery.token ?? 0) > (seen[0]?.delivery.token ?? 0))
    await eventually(async () => assert.equal(await broker.groupLag('g'), 0))
  })

  test('who may not join a group is told which and why', async () => {
    await using place = await kafkaPlace()
    const { broker, prefix, bootstrap } = place
    await broker.ensureTopic('t', { partitions: 1 })
    const options = { clientId: 'foreign', bootstrapBrokers: [bootstrap], groupId: `${prefix}g` }
    await using stack = new AsyncDisposableStack()
    const foreign = stack.adopt(new Consumer(options), (open) => open.close(true))
    await foreign.joinGroup({})
    await assert.rejects(observe(broker, { topics }), {
      code: 'BrokerUnreachable',
      message:
        /does not let this member into group "g" \(INCONSISTENT_GROUP_PROTOCOL\): .* a group of its own/,
    })
  })

  test('a session that the broker does not allow is refused with what it allows', async () => {
    await using place = await kafkaPlace()
    await place.broker.ensureTopic('t')
    await assert.rejects(hold(place.broker, { topics, sessionTimeout: 1 }), {
      code: 'InvalidOption',
      message: /group\.min\.session\.timeout\.ms/,
    })
    await place.broker.publish('t', [message('m')])
  })
})
