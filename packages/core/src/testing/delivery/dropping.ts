import assert from 'node:assert/strict'
import {
  type Component,
  countDeadLetters,
  type DropQuery,
  deadLetters,
  dropDeadLetters,
  droppedDeadLetters,
  NotParked,
  redrive,
} from '../../delivery/index.ts'
import type { EventStore } from '../../store/index.ts'
import { type HearOptions, heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process, type World } from './world.ts'

interface Hearing {
  readonly process: Process
  readonly consumer: Component
  poison: boolean
}

/** Key `bad` is parked with versions 1, 2 and 3 for as long as version 1 is poison. */
async function parkedThree(world: World, options: HearOptions = {}): Promise<Hearing> {
  const process = await world.open()
  await process.broker.ensureTopic(TOPIC, { partitions: 1 })
  const state = { process, poison: true }
  const consumer = await process.start(
    hearing(process, {
      retry: { attempts: 1 },
      ...options,
      async before(delivered, tx) {
        await options.before?.(delivered, tx)
        if (state.poison && delivered.value.version === 1) throw new Error('poison')
      },
    }),
  )
  await process.broker.publish(TOPIC, [told('bad', 1), told('bad', 2), told('bad', 3)])
  await idle(consumer)
  return Object.assign(state, { consumer })
}

async function idsOf(store: EventStore): Promise<readonly string[]> {
  return (await deadLetters(store)).map(({ id }) => id)
}

/** What is thrown away stays away, and the log says who did it. */
export const dropping: DeliveryPromises = {
  async 'a drop is recorded with who asked, why, and the message'(world) {
    const { process } = await parkedThree(world)
    const [first] = await deadLetters(process.store)
    assert.equal(
      await dropDeadLetters(process.store, { id: first?.id ?? '' }, { by: 'ann', why: 'a test' }),
      1,
    )
    const [drop, ...more] = await droppedDeadLetters(process.store)
    assert.deepEqual(more, [])
    assert.deepEqual(
      [drop?.by, drop?.why, drop?.id, drop?.messageId, drop?.key, drop?.reason.message, drop?.droppedAt],
      ['ann', 'a test', first?.id, 'bad-1', 'bad', 'poison', world.clock.now()],
    )
    assert.equal(JSON.parse(drop?.message ?? '{}').value, first?.message.value)
  },

  async 'the others of a key stay parked, in order, until they are redriven'(world) {
    const state = await parkedThree(world)
    const { process, consumer } = state
    const [, second] = await idsOf(process.store)
    await dropDeadLetters(process.store, { id: second ?? '' })
    await process.broker.publish(TOPIC, [told('bad', 4)])
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [])
    state.poison = false
    await redrive(process.store, { consumer: 'listener' })
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [1, 3, 4])
    assert.deepEqual(await countDeadLetters(process.store), { letters: 0, keys: 0 })
  },

  async 'what arrives while a key is dropped stays'(world) {
    const { process, consumer } = await parkedThree(world)
    let arrived = false
    const store: EventStore = {
      ...process.store,
      async transaction(work, options) {
        if (!arrived) {
          arrived = true
          await process.broker.publish(TOPIC, [told('bad', 4)])
          await idle(consumer)
        }
        return process.store.transaction(work, options)
      },
    }
    assert.equal(await dropDeadLetters(store, { consumer: 'listener', key: 'bad' }), 3)
    const left = await deadLetters(process.store)
    assert.deepEqual(
      left.map(({ message }) => message.id),
      ['bad-4'],
    )
  },

  async 'a message that is dropped while it is redriven has no effect, and those behind it go on'(world) {
    const gate = Promise.withResolvers<void>()
    let entered = 0
    const state = await parkedThree(world, {
      async before({ redriven, value }) {
        if (!redriven || value.version !== 1 || entered++ > 0) return
        await gate.promise
      },
    })
    const { process, consumer } = state
    state.poison = false
    const [first] = await idsOf(process.store)
    await redrive(process.store, { consumer: 'listener' })
    await eventually(() => assert.equal(entered, 1))
    await dropDeadLetters(process.store, { id: first ?? '' })
    gate.resolve()
    await idle(consumer)
    assert.deepEqual(await heard(process, 'bad'), [2, 3])
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'of two drops at once each message is dropped by one'(world) {
    const { process } = await parkedThree(world)
    const [first, ...others] = await idsOf(process.store)
    const one = { id: first ?? '' }
    const twice = await Promise.allSettled([
      dropDeadLetters(process.store, one),
      dropDeadLetters(process.store, one),
    ])
    assert.deepEqual(twice.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const refused = twice.find((result) => result.status === 'rejected')
    assert.ok(refused?.reason instanceof NotParked)
    const all = { consumer: 'listener' }
    const both = await Promise.all([dropDeadLetters(process.store, all), dropDeadLetters(process.store, all)])
    assert.deepEqual([both[0] + both[1], others.length], [2, 2])
    assert.equal((await droppedDeadLetters(process.store)).length, 3)
    const of = async (query: DropQuery): Promise<readonly string[]> =>
      (await droppedDeadLetters(process.store, query)).map(({ messageId }) => messageId)
    assert.deepEqual(await of({ consumer: 'listener', key: 'bad', limit: 2 }), ['bad-3', 'bad-2'])
    assert.deepEqual(
      [await of({ consumer: 'other' }), await of({ key: 'good' }), await of({ tenant: 't' })],
      [[], [], []],
    )
    assert.deepEqual(await countDeadLetters(process.store), { letters: 0, keys: 0 })
  },

  async 'an id names one message, also after its key was free and is parked again'(world) {
    const { process, consumer } = await parkedThree(world)
    const before = await idsOf(process.store)
    await dropDeadLetters(process.store, { consumer: 'listener' })
    await world.clock.advance(1)
    await process.broker.publish(TOPIC, [told('bad', 1, { stream: 'other-bad' })])
    await idle(consumer)
    const after = await idsOf(process.store)
    assert.equal(after.length, 1)
    assert.ok(!before.includes(after[0] ?? ''), after[0])
    await assert.rejects(dropDeadLetters(process.store, { id: before[0] ?? '' }), NotParked)
  },

  async 'all consumers are found, whatever their names begin with'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const names = ['ear', 'ear-2', 'ear/3', 'saga:ear']
    for (const group of names) {
      const before = (): never => {
        throw new Error('deaf')
      }
      await process.start(hearing(process, { group, retry: { attempts: 1 }, before }))
    }
    await process.broker.publish(TOPIC, [told('a', 1), told('b', 1)])
    await eventually(async () => {
      assert.deepEqual(await countDeadLetters(process.store), {
        letters: 2 * names.length,
        keys: 2 * names.length,
      })
    })
    assert.deepEqual(await countDeadLetters(process.store, { key: 'a' }), { letters: 4, keys: 4 })
    assert.deepEqual(await countDeadLetters(process.store, { consumer: 'ear' }), { letters: 2, keys: 2 })
  },

  async 'dead letters are listed as marked until they are redriven'(world) {
    const { process, consumer } = await parkedThree(world)
    await consumer.stop()
    const [, second] = await idsOf(process.store)
    assert.equal(await redrive(process.store, { id: second ?? '' }), 1)
    assert.equal(await redrive(process.store), 1)
    const marked = await deadLetters(process.store, { id: second ?? '' })
    const at = world.clock.now()
    assert.deepEqual(
      marked.map(({ message, redriveSince }) => [message.id, redriveSince]),
      [
        ['bad-1', at],
        ['bad-2', at],
        ['bad-3', at],
      ],
    )
    await consumer.start()
    await idle(consumer)
    const parked = await deadLetters(process.store)
    assert.deepEqual([parked.length, parked[0]?.redriveSince, parked[0]?.attempts], [3, undefined, 2])
  },
}
