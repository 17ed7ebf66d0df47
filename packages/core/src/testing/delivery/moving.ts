import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker } from '../../broker/index.ts'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process } from './world.ts'

/** Less than a drain may take at most. */
const AT_ONCE = 4500
const BATCH = 2

/** The process, which says when a partition is to be given up. */
function watching(process: Process, givenUp: () => void): Process {
  const { broker } = process
  const subscribe: Broker['subscribe'] = (options, handler) =>
    broker.subscribe(options, (messages, delivery) => {
      delivery.signal.addEventListener('abort', givenUp)
      return handler(messages, delivery)
    })
  return { ...process, runtime: { ...process.runtime, broker: { ...broker, subscribe } } }
}

/** A partition changes hands while its messages are being handled. */
export const moving: DeliveryPromises = {
  async 'who joins gets its partitions as soon as what runs has ended, not when all that was taken has'(
    world,
  ) {
    const one = await world.open()
    await one.broker.ensureTopic(TOPIC, { partitions: 2 })
    const keys = Array.from({ length: 400 }, (_, at) => `k${at}`)
    await one.broker.publish(
      TOPIC,
      keys.map((key) => told(key, 1)),
    )
    const asked = Promise.withResolvers<number>()
    const watched = watching(one, () => asked.resolve(performance.now()))
    /** How many the first one began, by partition. */
    const begun = new Map<number, number>()
    const slowly = hearing(watched, {
      batch: BATCH,
      async before({ message: { partition } }) {
        begun.set(partition, (begun.get(partition) ?? 0) + 1)
        // Nothing is handled before, so that all of it is still to be done when the other one comes.
        await asked.promise
        await sleep(20)
      },
    })
    await one.start(slowly)
    await eventually(() => assert.ok(begun.size > 0))
    const other = await world.open()
    let first: { readonly partition: number; readonly at: number } | undefined
    const consumer = await other.start(
      hearing(other, {
        before({ message: { partition } }) {
          first ??= { partition, at: performance.now() }
        },
      }),
    )
    await eventually(() => assert.ok(first !== undefined))
    const waited = (first?.at ?? 0) - (await asked.promise)
    assert.ok(waited < AT_ONCE, `it waited ${waited} ms`)
    const handled = begun.get(first?.partition ?? 0) ?? 0
    assert.ok(handled <= 2 * BATCH, `the first one began ${handled} of that partition`)
    await slowly.stop()
    await idle(consumer)
    for (const key of keys) assert.deepEqual(await heard(other, key), [1], key)
  },
}
