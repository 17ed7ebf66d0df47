import assert from 'node:assert/strict'
import {
  countDeadLetters,
  deadLetters,
  dropDeadLetters,
  RELAY,
  type Route,
  redrive,
  relay,
} from '../../delivery/index.ts'
import type { RecordedEvent } from '../../event/index.ts'
import { append, listening, numbered, say, starting } from './said.ts'
import { TOPIC } from './tales.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** What can never be published is parked with its key, until it is redriven or dropped. */
export const relayParking: DeliveryPromises = {
  async 'a message that is too large is parked with its key while others go on'(world) {
    const process = await world.open()
    const ear = await listening(process)
    let factor = 3
    const blown: Route = (event) =>
      say(event).map(({ topic, message }) => ({
        topic,
        message: message.id === 'big-1' ? { ...message, value: message.value.repeat(factor) } : message,
      }))
    await append(process, ['big-1'], 'x'.repeat(600_000))
    await append(process, ['good-1', 'big-2', 'good-2'])
    const component = await starting(process, { route: blown })
    await idle(component)
    await append(process, ['big-3', 'good-3'])
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('good'), numbered('good', 1, 3)))
    assert.deepEqual(ear.ids('big'), [])
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
    const letters = await deadLetters(process.store, { consumer: RELAY })
    assert.deepEqual(
      letters.map(({ key, message, behind }) => [key, message.id, behind]),
      [
        ['big', 'big-1', false],
        ['big', 'big-2', true],
        ['big', 'big-3', true],
      ],
    )
    await redrive(process.store, { consumer: RELAY })
    await idle(component)
    assert.equal((await deadLetters(process.store)).length, 3)
    factor = 1
    await redrive(process.store, { consumer: RELAY })
    await idle(component)
    await append(process, ['big-4'])
    await eventually(() => assert.deepEqual(ear.ids('big'), numbered('big', 1, 4)))
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'a relay that dies after it parked parks nothing twice'(world) {
    const first = await world.open()
    const second = await world.open()
    await listening(second)
    const route: Route = () => {
      throw new Error('no such service')
    }
    await append(second, ['a-1'])
    first.killAfterCommit()
    await starting(first, { route, leaseTime: 100 })
    await eventually(async () => assert.equal((await deadLetters(second.store)).length, 1))
    const component = await starting(second, { route })
    await idle(component)
    assert.equal((await deadLetters(second.store)).length, 1)
  },

  async 'an event whose route throws is parked with its stream'(world) {
    const process = await world.open()
    const ear = await listening(process)
    let broken = true
    const route = (event: RecordedEvent): ReturnType<Route> => {
      if (broken && event.id === 'a-2') throw new Error('no such service')
      return say(event)
    }
    await append(process, ['a-1', 'a-2', 'b-1', 'a-3'])
    const component = await starting(process, { route })
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('b'), ['b-1']))
    assert.deepEqual(ear.ids('a'), ['a-1'])
    broken = false
    await redrive(process.store, { consumer: RELAY })
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('a'), ['a-1', 'a-2', 'a-3']))
    assert.deepEqual(await deadLetters(process.store), [])
  },

  async 'what the relay parked is found by its key, and a drop while it is published counts once'(world) {
    const gate = Promise.withResolvers<void>()
    const sent: string[] = []
    let broken = true
    let held = 0
    const process = await world.open({
      async publish(messages) {
        sent.push(...messages.map(({ id }) => id))
        if (messages.some(({ id }) => id === 'a-1') && held++ === 0) await gate.promise
      },
    })
    await process.broker.ensureTopic(TOPIC)
    for (const id of ['a-1', 'a-2', 'a-3'])
      await process.store.append('said-a', [{ id, type: 'Said', data: {} }])
    const component = await process.start(
      relay(process.runtime, {
        route({ id, type }) {
          if (type !== 'Said') return []
          if (broken && id === 'a-1') throw new Error('no such service')
          return [{ topic: TOPIC, message: { id, key: 'a', headers: {}, value: id } }]
        },
      }),
    )
    await idle(component)
    const letters = await deadLetters(process.store, { consumer: RELAY, key: 'said-a' })
    assert.equal(letters.length, 3)
    broken = false
    assert.equal(await redrive(process.store, { key: 'said-a' }), 1)
    await eventually(() => assert.equal(held, 1))
    await dropDeadLetters(process.store, { id: letters[0]?.id ?? '' })
    gate.resolve()
    await idle(component)
    assert.deepEqual(sent, ['a-1', 'a-2', 'a-3'])
    assert.deepEqual(await countDeadLetters(process.store), { letters: 0, keys: 0 })
    assert.deepEqual(await deadLetters(process.store), [])
  },
}
