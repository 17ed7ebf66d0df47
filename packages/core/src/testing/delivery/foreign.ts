import assert from 'node:assert/strict'
import type { Message } from '../../broker/index.ts'
import { deadLetters, redrive } from '../../delivery/index.ts'
import { hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, idle } from './world.ts'

/** Longer than an index takes, alike in their first 3,000 characters. */
const long = (end: string): string => 'é'.repeat(3_000) + end

const one: Message = { ...told('a', 1), id: long('1'), key: long('a') }
const two: Message = { ...told('a', 2), id: long('2'), key: long('a') }
const other: Message = { ...told('b', 1), id: long('3'), key: long('b') }

/** What other people's producers send need not fit our indexes. */
export const foreign: DeliveryPromises = {
  async 'ids and keys of any length are known again, parked and redriven in the order of their key'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const handled: string[] = []
    let poison = true
    const consumer = hearing(process, {
      dedupe: 'id',
      retry: { attempts: 1 },
      handle({ message: { id, key } }) {
        if (poison && key === one.key) throw new Error('poison')
        handled.push(id.slice(-1))
      },
    })
    await process.broker.publish(TOPIC, [one, other, two, other])
    await process.start(consumer)
    await idle(consumer)
    assert.deepEqual(handled, ['3'])
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ key, message, behind }) => [key, message.id, behind]),
      [
        [one.key, one.id, false],
        [two.key, two.id, true],
      ],
    )
    poison = false
    assert.equal(await redrive(process.store, { key: long('a') }), 1)
    await idle(consumer)
    await process.broker.publish(TOPIC, [two, one])
    await idle(consumer)
    assert.deepEqual(handled, ['3', '1', '2'])
  },

  async 'a message of a tenant that no store takes is parked, and the next one is handled'(world) {
    const process = await world.open()
    await process.broker.ensureTopic(TOPIC, { partitions: 1 })
    const handled: (string | null)[] = []
    const consumer = hearing(process, { handle: ({ message }) => void handled.push(message.key) })
    await process.broker.publish(TOPIC, [told('a', 1, { tenant: 'x'.repeat(1_001) }), told('b', 1)])
    await process.start(consumer)
    await idle(consumer)
    assert.deepEqual(handled, ['b'])
    const [letter] = await deadLetters(process.store)
    assert.deepEqual([letter?.key, letter?.reason.code], ['a', 'InvalidPayload'])
  },
}
