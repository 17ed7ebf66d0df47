import assert from 'node:assert/strict'
import { deadLetters, redrive } from '../../delivery/index.ts'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** An outage, or a producer's bad release, stops a consumer instead of filling the dead letters. */
export const breaking: DeliveryPromises = {
  async 'the breaker opens on a flood of bad messages, and dead letters stay few'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 2 })
    let bad = true
    const consumer = await process.start(
      hearing(process, {
        retry: { attempts: 1 },
        breaker: { parks: 5, window: 60_000, pause: 1000 },
        before() {
          if (bad) throw new Error('outage')
        },
      }),
    )
    await process.broker.publish(
      TOPIC,
      Array.from({ length: 100 }, (_, at) => told(`k${at}`, 1)),
    )
    await eventually(async () => assert.equal((await consumer.health()).state, 'open'))
    await idle(consumer)
    const few = (await deadLetters(process.store)).length
    assert.ok(few >= 5 && few <= 6, `${few} dead letters`)
    assert.ok(Number((await consumer.health()).lag) > 90)
    assert.equal(await consumer.nextDue(), world.clock.now() + 1000)
    await world.clock.advance(1000)
    await eventually(async () => assert.equal((await deadLetters(process.store)).length, few + 1))
    await eventually(async () => assert.equal(await consumer.nextDue(), world.clock.now() + 2000))
    bad = false
    await world.clock.advance(2000)
    await idle(consumer)
    assert.equal((await consumer.health()).state, 'running')
    assert.equal((await deadLetters(process.store)).length, few + 1)
    await redrive(process.store, { consumer: 'listener' })
    await idle(consumer)
    for (let at = 0; at < 100; at++) assert.deepEqual(await heard(process, `k${at}`), [1])
  },

  async 'a flood of messages that nobody can read opens the breaker too'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 2 })
    const breaker = { parks: 5, window: 60_000, pause: 1000 }
    const consumer = await process.start(hearing(process, { breaker }))
    await process.broker.publish(
      TOPIC,
      Array.from({ length: 100 }, (_, at) => ({ ...told(`k${at}`, 1), value: 'not an envelope' })),
    )
    await eventually(async () => assert.equal((await consumer.health()).state, 'open'))
    await idle(consumer)
    const few = (await deadLetters(process.store)).length
    assert.ok(few >= 5 && few <= 6, `${few} dead letters`)
    assert.ok(Number((await consumer.health()).lag) > 90)
  },
}
