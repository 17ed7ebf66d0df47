import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle } from './world.ts'

/** Less than a drain may take at most. */
const AT_ONCE = 3000

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
    let begun = false
    const slowly = hearing(one, {
      batch: 2,
      async before() {
        begun = true
        await sleep(20)
      },
    })
    await one.start(slowly)
    await eventually(() => assert.ok(begun))
    const other = await world.open()
    const joined = performance.now()
    let first: number | undefined
    const consumer = await other.start(
      hearing(other, {
        before() {
          first ??= performance.now() - joined
        },
      }),
    )
    await eventually(() => assert.ok(first !== undefined))
    assert.ok((first ?? 0) < AT_ONCE, `it waited ${first} ms`)
    await slowly.stop()
    await idle(consumer)
    for (const key of keys) assert.deepEqual(await heard(other, key), [1], key)
  },
}
