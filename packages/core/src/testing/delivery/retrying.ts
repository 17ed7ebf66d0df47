import assert from 'node:assert/strict'
import { createCatalog } from '../../catalog/index.ts'
import { deadLetters, NewerVersion } from '../../delivery/index.ts'
import { StorageFailed, StoreOverloaded, UnknownOutcomeError } from '../../store/index.ts'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** What waits and is tried again: for a handler, a batch, a newer release, a store that does not answer. */
export const retrying: DeliveryPromises = {
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
    const outages = [
      new UnknownOutcomeError('the store'),
      // In the batch, and where each of its messages is run by itself.
      new StorageFailed('the store', 'the disk is full'),
      new StorageFailed('the store', 'the disk is full'),
      new StoreOverloaded('the store', 1),
    ]
    const consumer = hearing(process, {
      retry: { attempts: 1 },
      before() {
        const outage = outages.shift()
        if (outage) throw outage
      },
    })
    await process.broker.publish(TOPIC, [told('a', 1), newer, told('b', 1)])
    await process.start(consumer)
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [1])
    assert.deepEqual(await heard(process, 'b'), [1])
    assert.deepEqual(await deadLetters(process.store), [])
  },
}
