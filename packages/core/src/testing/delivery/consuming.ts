import assert from 'node:assert/strict'
import { createCatalog } from '../../catalog/index.ts'
import {
  acceptEpochs,
  buildConsumer,
  deadLetters,
  eventConsumer,
  NewerVersion,
} from '../../delivery/index.ts'
import { UnknownOutcomeError } from '../../store/index.ts'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** Each message has its effect once. */
export const consuming: DeliveryPromises = {
  async 'the same message twice, late or out of order gives one effect'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC)
    const [one, two, three] = [told('a', 1), told('a', 2), told('a', 3)]
    await process.broker.publish(TOPIC, [one, one, two, three, one, two])
    const consumer = await process.start(hearing(process))
    await idle(consumer)
    await process.broker.publish(TOPIC, [three, one, told('a', 4)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [1, 2, 3, 4])
  },

  async 'ids know a message again where its key is not a stream'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC)
    const consumer = await process.start(hearing(process, { dedupe: 'id', retention: 1000 }))
    await process.broker.publish(TOPIC, [told('a', 2), told('a', 1), told('a', 2)])
    await idle(consumer)
    await process.broker.publish(TOPIC, [told('a', 1)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [2, 1])
  },

  async 'version 3 of one topic after version 5 of another is not lost'(world) {
    const process = await world.open()
    await process.broker.ensureTopic('one')
    await process.broker.ensureTopic('two')
    const consumer = await process.start(hearing(process, { topics: ['one', 'two'] }))
    await process.broker.publish('two', [told('a', 5)])
    await idle(consumer)
    await process.broker.publish('one', [told('a', 3)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [5, 3])
  },

  async 'tenants do not know of one another'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC)
    const consumer = await process.start(hearing(process))
    await process.broker.publish(TOPIC, [
      told('a', 2, { tenant: 'x' }),
      told('a', 1, { tenant: 'y' }),
      told('a', 1),
    ])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a', 'x'), [2])
    assert.deepEqual(await heard(process, 'a', 'y'), [1])
    assert.deepEqual(await heard(process, 'a'), [1])
  },

  async 'messages of many tenants are handled in one unit a tenant, in the order of their keys'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const batches: string[][] = []
    const units = new Map<object, string[]>()
    const consumer = hearing(process, {
      before({ tenant, value }, tx) {
        const unit = units.get(tx) ?? []
        unit.push(`${tenant}${value.version}`)
        if (unit.length === 1) batches.push(unit)
        units.set(tx, unit)
      },
    })
    const versions = [1, 2, 3]
    await process.broker.publish(
      TOPIC,
      versions.flatMap((version) => ['x', 'y'].map((tenant) => told(tenant, version, { tenant }))),
    )
    await process.start(consumer)
    await idle(consumer)
    assert.deepEqual(batches, [
      ['x1', 'x2', 'x3'],
      ['y1', 'y2', 'y3'],
    ])
    for (const tenant of ['x', 'y']) assert.deepEqual(await heard(process, tenant, tenant), versions)
  },

  async 'a consumer killed between effect and acknowledgement does not do it again'(world) {
    const first = await world.open()
    await first.broker.ensureTopic(TOPIC)
    await first.broker.publish(TOPIC, [told('a', 1), told('a', 2)])
    await first.start(hearing(first, { before: () => first.killAfterCommit() }))
    const second = await world.open()
    await eventually(async () => assert.deepEqual(await heard(second, 'a'), [1, 2]))
    const consumer = await second.start(hearing(second))
    await second.broker.publish(TOPIC, [told('a', 3)])
    await idle(consumer)
    assert.deepEqual(await heard(second, 'a'), [1, 2, 3])
  },

  async 'a consumer killed while it handles leaves nothing half done'(world) {
    const first = await world.open()
    await first.broker.ensureTopic(TOPIC)
    await first.broker.publish(TOPIC, [told('a', 1), told('a', 2)])
    let killed = false
    await first.start(
      hearing(first, {
        async before({ value }) {
          if (value.version !== 2) return
          killed = true
          await first.kill()
        },
      }),
    )
    await eventually(() => assert.ok(killed))
    const second = await world.open()
    assert.deepEqual(await heard(second, 'a'), [])
    const consumer = await second.start(hearing(second))
    await idle(consumer)
    assert.deepEqual(await heard(second, 'a'), [1, 2])
  },

  async 'a handler fails twice and then succeeds, while other keys go on and its own waits'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    let failures = 0
    const attempts: number[] = []
    const consumer = await process.start(
      hearing(process, {
        retry: { attempts: 5, backoff: 1000 },
        before({ message, value, attempt }) {
          if (message.key !== 'bad' || value.version !== 1) return
          if (attempt > attempts.length) attempts.push(attempt)
          // The first of these is the batch, which is then run one by one.
          if (failures++ < 3) throw new Error('not yet')
        },
      }),
    )
    await process.broker.publish(TOPIC, [told('bad', 1), told('good', 1), told('bad', 2), told('good', 2)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'good'), [1, 2])
    assert.deepEqual(await heard(process, 'bad'), [])
    assert.equal(await consumer.nextDue(), world.clock.now() + 750)
    await world.clock.advance(749)
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [])
    await world.clock.advance(1)
    await idle(consumer)
    assert.equal(await consumer.nextDue(), world.clock.now() + 1500)
    await world.clock.advance(1500)
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [1, 2])
    assert.deepEqual(attempts, [1, 2, 3])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'failures are counted over restarts, and a restart does not try before the time'(world) {
    const first = await world.open()
    await first.broker.ensureTopic(TOPIC, { partitions: 1 })
    const attempts: number[] = []
    const retry = { attempts: 3, backoff: 1000 }
    const before = ({ attempt }: { attempt: number }): void => {
      attempts.push(attempt)
      throw new Error('never')
    }
    const consumer = await first.start(hearing(first, { retry, before }))
    await first.broker.publish(TOPIC, [told('a', 1)])
    await idle(consumer)
    await first.kill()
    const second = await world.open()
    const again = await second.start(hearing(second, { retry, before }))
    await eventually(async () => assert.notEqual(await again.nextDue(), undefined))
    await idle(again)
    assert.deepEqual(attempts, [1])
    await world.clock.advance(10_000)
    await idle(again)
    await world.clock.advance(10_000)
    await idle(again)
    assert.deepEqual(attempts, [1, 2, 3])
    assert.equal((await deadLetters(second.store)).length, 1)
  },

  async 'a batch with one bad message does the good ones'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const consumer = hearing(process, {
      retry: { attempts: 1 },
      before({ message }) {
        if (message.key === 'k3') throw new Error('bad')
      },
    })
    await process.broker.publish(
      TOPIC,
      [0, 1, 2, 3, 4, 5].map((at) => told(`k${at}`, 1)),
    )
    await process.start(consumer)
    await idle(consumer)
    for (const at of [0, 1, 2, 4, 5]) assert.deepEqual(await heard(process, `k${at}`), [1])
    assert.deepEqual(await heard(process, 'k3'), [])
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ key, reason, attempts }) => [key, reason.message, attempts]),
      [['k3', 'bad', 1]],
    )
  },

  async 'an append that is in the log already undoes no neighbour'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const event = { id: 'fixed', type: 'Once', data: {} }
    await process.store.append('once', [event])
    let runs = 0
    const consumer = hearing(process, {
      before: async ({ message }, tx) => {
        if (message.key !== 'b') return
        runs++
        await tx.append('once', [event])
      },
    })
    await process.broker.publish(TOPIC, [told('a', 1), told('b', 1), told('c', 1)])
    await process.start(consumer)
    await idle(consumer)
    const before = runs
    await process.broker.publish(TOPIC, [told('b', 1)])
    await idle(consumer)
    assert.equal(runs, before)
    assert.deepEqual(await heard(process, 'a'), [1])
    assert.deepEqual(await heard(process, 'c'), [1])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'types that are not heard pass, other namespaces too'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC)
    const consumer = await process.start(hearing(process))
    const foreign = { ...told('a', 2), value: told('a', 2).value.replace('test.Told', 'elsewhere.Told') }
    await process.broker.publish(TOPIC, [told('a', 1, { type: 'Sung' }), foreign, told('a', 3)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [3])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'a newer schema version waits with its key, uncounted, and goes on after the upgrade'(world) {
    const old = createCatalog({ namespace: 'test' })
    const newer = createCatalog({ namespace: 'test', upcasters: { Told: { 1: (data) => data } } })
    const first = await world.open()
    await first.broker.ensureTopic(TOPIC, { partitions: 1 })
    const consumer = await first.start(hearing(first, { known: old }))
    await first.broker.publish(TOPIC, [
      told('a', 1),
      told('a', 2, { schemaVersion: 2 }),
      told('b', 1),
      told('a', 3),
    ])
    await idle(consumer)
    await world.clock.advance(1_000_000)
    await idle(consumer)
    assert.deepEqual(await heard(first, 'a'), [1])
    assert.deepEqual(await heard(first, 'b'), [1])
    assert.equal(await consumer.nextDue(), undefined)
    assert.equal((await consumer.health()).detail?.newer, 1)
    await consumer.stop()
    const second = await world.open()
    const upgraded = await second.start(hearing(second, { known: newer }))
    await idle(upgraded)
    assert.deepEqual(await heard(second, 'a'), [1, 2, 3])
    assert.deepEqual(await deadLetters(second.store), [])
  },

  async 'what a handler calls newer waits, uncounted, and other keys go on'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const consumer = await process.start(
      hearing(process, {
        retry: { attempts: 1 },
        before({ message }) {
          if (message.key === 'a') throw new NewerVersion('a saga of a newer release')
        },
      }),
    )
    await process.broker.publish(TOPIC, [told('a', 1), told('b', 1), told('a', 2)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'b'), [1])
    assert.deepEqual(await deadLetters(process.store), [])
    await consumer.stop()
    const upgraded = await process.start(hearing(process))
    await idle(upgraded)
    assert.deepEqual(await heard(process, 'a'), [1, 2])
  },

  async 'a store that does not answer is asked again, and nothing is counted or overtaken'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const newer = told('a', 2, { schemaVersion: 2 })
    let lost = 0
    const consumer = hearing(process, {
      retry: { attempts: 1 },
      before() {
        if (lost++ < 2) throw new UnknownOutcomeError('the store')
      },
    })
    await process.broker.publish(TOPIC, [told('a', 1), newer, told('b', 1)])
    await process.start(consumer)
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [1])
    assert.deepEqual(await heard(process, 'b'), [1])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'another epoch of a log stops the consumer until an operator lets it on'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC)
    const consumer = await process.start(hearing(process))
    await process.broker.publish(TOPIC, [told('a', 1)])
    await idle(consumer)
    await process.broker.publish(TOPIC, [told('a', 1, { epoch: 'e2', data: { other: true } })])
    await eventually(async () => assert.equal((await consumer.health()).state, 'faulted'))
    assert.ok(await consumer.idle())
    assert.match((await consumer.health()).error ?? '', /epoch e2/)
    assert.deepEqual(await heard(process, 'a'), [1])
    await consumer.stop()
    await acceptEpochs(process.store, 'listener')
    const again = await process.start(hearing(process))
    await idle(again)
    assert.deepEqual(await heard(process, 'a'), [1, 1])
  },

  async 'a consumer of events hears what its catalog declares'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC)
    const shop = createCatalog<{ Told: { words?: string } }>({
      namespace: 'test',
      schemas: { Told: { type: 'object', properties: { words: { type: 'string' } } } },
    })
    const definition = buildConsumer(shop, 'scribe', {
      topics: [TOPIC],
      on: {
        Told: async (event, tx) => {
          tx.documents<string | undefined>('tales').put(event.stream, event.data.words ?? 'nothing')
        },
      },
    })
    const consumer = await process.start(eventConsumer(process.runtime, definition))
    await process.broker.publish(TOPIC, [
      told('a', 1, { data: { words: 'once' } }),
      told('b', 1, { data: { words: 7 } }),
      told('c', 1, { type: 'eventwright.CommandHandled' }),
    ])
    await idle(consumer)
    assert.deepEqual(await process.store.documents('tales').list(), [{ id: 'thing-a', value: 'once' }])
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ key, reason }) => [key, reason.code]),
      [['b', 'Unprocessable']],
    )
  },
}
