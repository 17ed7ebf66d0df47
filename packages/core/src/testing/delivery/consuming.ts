import assert from 'node:assert/strict'
import { createCatalog } from '../../catalog/index.ts'
import { acceptEpochs, buildConsumer, deadLetters, eventConsumer } from '../../delivery/index.ts'
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
