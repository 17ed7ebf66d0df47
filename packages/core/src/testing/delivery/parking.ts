import assert from 'node:assert/strict'
import {
  type Component,
  deadLetter,
  deadLetters,
  dropDeadLetters,
  NotParked,
  redrive,
} from '../../delivery/index.ts'
import type { EventStore } from '../../store/index.ts'
import { type HearOptions, heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process, type World } from './world.ts'

interface Poisoned {
  readonly process: Process
  readonly consumer: Component
  /** While true, version 1 of key `bad` throws. */
  poison: boolean
  readonly handled: string[]
}

/** Key `bad` is parked with versions 1, 2 and 3; key `good` went on. */
async function poisoned(world: World, options: HearOptions = {}): Promise<Poisoned> {
  const process = await world.open()
  await process.broker.ensureTopic(TOPIC, { partitions: 1 })
  const state = { process, poison: true, handled: [] as string[] }
  const consumer = hearing(process, {
    retry: { attempts: 2, backoff: 100 },
    ...options,
    async before(delivered, tx) {
      const { message, value, redriven } = delivered
      await options.before?.(delivered, tx)
      if (state.poison && message.key === 'bad' && value.version === 1) throw new Error('poison')
      state.handled.push(`${message.key}${value.version}${redriven ? ' again' : ''}`)
    },
  })
  await process.broker.publish(TOPIC, [told('bad', 1), told('good', 1), told('bad', 2)])
  await process.start(consumer)
  await idle(consumer)
  await world.clock.advance(100)
  await idle(consumer)
  await process.broker.publish(TOPIC, [told('bad', 3), told('good', 2)])
  await idle(consumer)
  return Object.assign(state, { consumer })
}

async function parked(store: EventStore): Promise<readonly string[]> {
  const letters = await deadLetters(store)
  return letters.map(({ key, message, behind }) => `${key} ${message.id}${behind ? ' behind' : ''}`)
}

/** What cannot be handled goes aside with its key, and comes back in order. */
export const parking: DeliveryPromises = {
  async 'a poison message is parked with the later ones of its key while others go on'(world) {
    const { process, consumer } = await poisoned(world)
    assert.deepEqual(await heard(process, 'bad'), [])
    assert.deepEqual(await heard(process, 'good'), [1, 2])
    assert.deepEqual(await parked(process.store), ['bad bad-1', 'bad bad-2 behind', 'bad bad-3 behind'])
    const [first] = await deadLetters(process.store, { consumer: 'listener', key: 'bad' })
    assert.deepEqual(first?.reason, { code: 'Error', message: 'poison' })
    assert.equal(first?.attempts, 2)
    assert.equal(first && (await deadLetter(process.store, first.id))?.message.id, 'bad-1')
    assert.equal((await consumer.health()).detail?.parkedKeys, 1)
  },

  async 'parking raises the mark: what comes again is neither handled nor parked twice'(world) {
    const { process, consumer } = await poisoned(world)
    await process.broker.publish(TOPIC, [told('bad', 1), told('bad', 3)])
    await idle(consumer)
    assert.equal((await deadLetters(process.store)).length, 3)
    await dropDeadLetters(process.store, { consumer: 'listener', key: 'bad' })
    await process.broker.publish(TOPIC, [told('bad', 1), told('bad', 3), told('bad', 4)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [4])
  },

  async 'a message that was parked and dropped is not handled when it comes again'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    let poison = true
    const consumer = await process.start(
      hearing(process, {
        retry: { attempts: 1 },
        before() {
          if (poison) throw new Error('poison')
        },
      }),
    )
    await process.broker.publish(TOPIC, [told('a', 1)])
    await idle(consumer)
    poison = false
    assert.equal(await dropDeadLetters(process.store, { consumer: 'listener' }), 1)
    await process.broker.publish(TOPIC, [told('a', 1), told('a', 2)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [2])
  },

  async 'a redrive runs a key in order, once, and frees it'(world) {
    const state = await poisoned(world)
    const { process, consumer } = state
    state.poison = false
    assert.equal(await redrive(process.store, { consumer: 'listener', key: 'bad' }), 1)
    assert.equal(await consumer.idle(), false)
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [1, 2, 3])
    assert.deepEqual(state.handled.slice(-3), ['bad1 again', 'bad2 again', 'bad3 again'])
    assert.deepEqual(await deadLetters(process.store), [])
    await process.broker.publish(TOPIC, [told('bad', 4), told('bad', 2)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [1, 2, 3, 4])
    assert.equal(state.handled.at(-1), 'bad4')
  },

  async 'a redrive that fails leaves the key parked, with the new reason'(world) {
    const { process, consumer } = await poisoned(world)
    await redrive(process.store, { consumer: 'listener' })
    await idle(consumer)
    assert.equal((await deadLetters(process.store)).length, 3)
    assert.equal((await deadLetters(process.store))[0]?.attempts, 3)
    assert.deepEqual(await heard(process, 'bad'), [])
    await assert.rejects(redrive(process.store, { consumer: 'listener', key: 'nobody' }), NotParked)
  },

  async 'messages that arrive during a redrive stay behind, and the last one frees the key'(world) {
    const gate = Promise.withResolvers<void>()
    let entered = false
    const state = await poisoned(world, {
      async before({ message, redriven, value }) {
        if (!redriven || message.key !== 'bad' || value.version !== 2) return
        entered = true
        await gate.promise
      },
    })
    const { process, consumer } = state
    state.poison = false
    await redrive(process.store, { consumer: 'listener', key: 'bad' })
    await eventually(async () => assert.ok(entered || (await consumer.idle())))
    assert.ok(entered, 'the second message is redriven too')
    await process.broker.publish(TOPIC, [told('bad', 4), told('good', 3)])
    gate.resolve()
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [1, 2, 3, 4])
    assert.deepEqual(await heard(process, 'good'), [1, 2, 3])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'live messages never overtake a redrive'(world) {
    const state = await poisoned(world)
    const { process, consumer } = state
    state.poison = false
    await redrive(process.store, { consumer: 'listener', key: 'bad' })
    for (let version = 4; version < 40; version++) {
      await process.broker.publish(TOPIC, [told('bad', version)])
      if (version % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await idle(consumer)
    assert.deepEqual(
      await heard(process, 'bad'),
      Array.from({ length: 39 }, (_, at) => at + 1),
    )
  },

  async 'a crash during a redrive continues where it was'(world) {
    const state = await poisoned(world, {
      leaseTime: 100,
      async before({ redriven, value }) {
        if (redriven && value.version === 2) await state.process.kill()
      },
    })
    state.poison = false
    await redrive(state.process.store, { consumer: 'listener', key: 'bad' })
    const second = await world.open()
    await eventually(async () => assert.deepEqual(await heard(second, 'bad'), [1]))
    const consumer = await second.start(hearing(second, { leaseTime: 100 }))
    await idle(consumer)
    assert.deepEqual(await heard(second, 'bad'), [1, 2, 3])
    assert.deepEqual(await deadLetters(second.store), [])
  },

  async 'keyless messages park alone and are redriven by id'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    let poison = true
    const consumer = await process.start(
      hearing(process, {
        dedupe: 'id',
        retry: { attempts: 1 },
        before({ value }) {
          if (poison && value.version === 1) throw new Error('poison')
        },
      }),
    )
    await process.broker.publish(TOPIC, [
      { ...told('a', 1), key: null },
      { ...told('a', 2), key: null },
    ])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'null'), [2])
    const [letter, ...more] = await deadLetters(process.store)
    assert.deepEqual([letter?.key, more.length], [null, 0])
    poison = false
    await redrive(process.store, { consumer: 'listener', id: letter?.id ?? '' })
    await idle(consumer)
    assert.deepEqual(await heard(process, 'null'), [2, 1])
  },

  async 'what cannot be read is parked at once with its key, whatever characters it holds'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const consumer = await process.start(hearing(process))
    const broken = { id: 'x', key: 'a', headers: {}, value: '{ "broken": \u0000' }
    await process.broker.publish(TOPIC, [told('a', 1), broken, told('a', 2), told('b', 1)])
    await idle(consumer)
    assert.equal(await consumer.nextDue(), undefined)
    assert.deepEqual(await heard(process, 'a'), [1])
    assert.deepEqual(await heard(process, 'b'), [1])
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ message, reason }) => [message.id, reason.code]),
      [
        ['x', 'InvalidEnvelope'],
        ['a-2', 'Behind'],
      ],
    )
    assert.equal(letters[0]?.message.value, broken.value)
    await redrive(process.store, { consumer: 'listener' })
    await idle(consumer)
    assert.equal((await deadLetters(process.store)).length, 2)
    const id = letters[0]?.id ?? ''
    assert.equal(await dropDeadLetters(process.store, { consumer: 'listener', id }), 1)
    await redrive(process.store, { consumer: 'listener' })
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a'), [1, 2])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'each tenant has dead letters of its own, and all are listed'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    let poison = true
    const consumer = await process.start(
      hearing(process, {
        retry: { attempts: 1 },
        before({ tenant }) {
          if (poison && tenant === 'x') throw new Error('poison')
        },
      }),
    )
    await process.broker.publish(TOPIC, [
      told('a', 1, { tenant: 'x' }),
      told('a', 1, { tenant: 'y' }),
      told('a', 1),
    ])
    await idle(consumer)
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ tenant, key }) => [tenant, key]),
      [['x', 'a']],
    )
    assert.deepEqual(await heard(process, 'a', 'y'), [1])
    assert.deepEqual(await heard(process, 'a'), [1])
    poison = false
    await redrive(process.store, { consumer: 'listener', key: 'a' })
    await idle(consumer)
    assert.deepEqual(await heard(process, 'a', 'x'), [1])
  },
}
