import assert from 'node:assert/strict'
import { deadLetters, redrive } from '../../delivery/index.ts'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process } from './world.ts'

/** Whoever was taken for dead and goes on writes nothing. */
export const zombies: DeliveryPromises = {
  async 'a zombie with an old token is refused with its effects'(world) {
    const gate = Promise.withResolvers<void>()
    const zombie = await world.open()
    await zombie.broker.ensureTopic(TOPIC, { partitions: 1 })
    let entered = false
    await zombie.start(
      hearing(zombie, {
        async before() {
          entered = true
          await gate.promise
        },
      }),
    )
    await zombie.broker.publish(TOPIC, [told('a', 1)])
    await eventually(() => assert.ok(entered))
    // Its session is over, and it does not know.
    await zombie.lose()
    const owner = await world.open()
    const consumer = await owner.start(hearing(owner))
    await owner.broker.publish(TOPIC, [told('a', 2)])
    await idle(consumer)
    assert.deepEqual(await heard(owner, 'a'), [1, 2])
    gate.resolve()
    await eventually(() => assert.ok(wasFenced(zombie)))
    assert.deepEqual(await heard(owner, 'a'), [1, 2])
  },

  async 'a zombie whose redrive was taken over is refused with its effects'(world) {
    const gate = Promise.withResolvers<void>()
    const zombie = await world.open()
    await zombie.broker.ensureTopic(TOPIC, { partitions: 1 })
    let entered = false
    const parking = hearing(zombie, {
      retry: { attempts: 1 },
      leaseTime: 300,
      async before({ redriven }) {
        if (!redriven) throw new Error('poison')
        entered = true
        await gate.promise
      },
    })
    await zombie.start(parking)
    await zombie.broker.publish(TOPIC, [told('a', 1)])
    await eventually(async () => assert.equal((await deadLetters(zombie.store)).length, 1))
    await redrive(zombie.store, { consumer: 'listener' })
    await eventually(() => assert.ok(entered))
    zombie.freezeLeases()
    const heir = await world.open()
    const consumer = await heir.start(hearing(heir))
    await eventually(async () => assert.deepEqual(await heard(heir, 'a'), [1]))
    await idle(consumer)
    gate.resolve()
    await eventually(() => assert.ok(wasFenced(zombie)))
    assert.deepEqual(await heard(heir, 'a'), [1])
    assert.deepEqual(await deadLetters(heir.store), [])
  },
}

function wasFenced({ refused }: Process): boolean {
  return refused.some((error) => error instanceof Error && error.name === 'FencedOut')
}
