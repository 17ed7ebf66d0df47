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

  async 'a zombie whose redrive fails takes no mark from the one that took over'(world) {
    const [late, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const entered: string[] = []
    const zombie = await world.open()
    await zombie.broker.ensureTopic(TOPIC, { partitions: 1 })
    const failing = hearing(zombie, {
      retry: { attempts: 1 },
      leaseTime: 300,
      async before({ redriven }) {
        if (redriven) {
          entered.push('zombie')
          await late.promise
        }
        throw new Error('poison')
      },
    })
    await zombie.start(failing)
    await zombie.broker.publish(TOPIC, [told('a', 1)])
    await eventually(async () => assert.equal((await deadLetters(zombie.store)).length, 1))
    await redrive(zombie.store, { consumer: 'listener' })
    await eventually(() => assert.deepEqual(entered, ['zombie']))
    zombie.freezeLeases()
    const heir = await world.open()
    const slow = hearing(heir, {
      async before() {
        entered.push('heir')
        await held.promise
      },
    })
    const consumer = await heir.start(slow)
    await eventually(() => assert.deepEqual(entered, ['zombie', 'heir']))
    late.resolve()
    await eventually(() => assert.ok(zombie.refused.length > 1))
    held.resolve()
    await idle(consumer)
    assert.deepEqual(await heard(heir, 'a'), [1])
    assert.deepEqual(await deadLetters(heir.store), [])
  },
}

function wasFenced({ refused }: Process): boolean {
  return refused.some((error) => error instanceof Error && error.name === 'FencedOut')
}
