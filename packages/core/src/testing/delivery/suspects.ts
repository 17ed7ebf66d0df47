import assert from 'node:assert/strict'
import { deadLetters, redrive } from '../../delivery/index.ts'
import { heard, hearing, TOPIC, told } from './tales.ts'
import { type DeliveryPromises, eventually, idle, type Process, type World } from './world.ts'

/** Publishes `keys` as one batch; the process dies whenever it handles `killer`. Gives how often it was opened until all was done. */
async function untilDone(
  world: World,
  keys: readonly string[],
  killer: string,
  failing?: string,
): Promise<number> {
  const setUp = await world.open()
  await setUp.broker.ensureTopic(TOPIC, { partitions: 1 })
  await setUp.broker.publish(
    TOPIC,
    keys.map((key) => told(key, 1)),
  )
  for (let opened = 1; opened < 20; opened++) {
    const process = await world.open()
    let died = false
    const consumer = await process.start(
      hearing(process, {
        retry: { crashes: 3 },
        async before({ message }) {
          if (message.key === failing) throw new Error('not now')
          if (message.key !== killer) return
          died = true
          await process.kill()
        },
      }),
    )
    await eventually(async () => assert.ok(died || (await consumer.idle())))
    if (!died) return opened
  }
  return assert.fail('it never ends')
}

async function redriving(process: Process): Promise<{ crashes: number; worker?: string } | undefined> {
  const rows = process.store.documents<{ redrive?: { crashes: number; worker?: string } }>(
    'eventwright.parked',
  )
  return (await rows.get('listener/killer'))?.redrive
}

/** What was running when a process ended is tried alone. */
export const suspects: DeliveryPromises = {
  async 'a message that kills the process is parked, its neighbours in the batch are handled'(world) {
    const keys = ['a', 'b', 'killer', 'c', 'd']
    // Once in a batch, three times alone, and then it is parked.
    assert.equal(await untilDone(world, keys, 'killer'), 5)
    const process = await world.open()
    for (const key of keys.filter((key) => key !== 'killer'))
      assert.deepEqual(await heard(process, key), [1], key)
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ key, reason }) => [key, reason.code]),
      [['killer', 'Crashed']],
    )
  },

  async 'what runs one by one after its batch failed is suspect too'(world) {
    assert.equal(await untilDone(world, ['failing', 'a', 'killer'], 'killer', 'failing'), 5)
    const process = await world.open()
    assert.deepEqual(await heard(process, 'a'), [1])
    const letters = await deadLetters(process.store)
    assert.deepEqual(
      letters.map(({ key, reason }) => [key, reason.code]),
      [['killer', 'Crashed']],
    )
  },

  async 'a redrive that kills the process each time is given up'(world) {
    const setUp = await world.open()
    await setUp.broker.ensureTopic(TOPIC, { partitions: 1 })
    await setUp.broker.publish(TOPIC, [told('killer', 1)])
    let opened = 0
    for (let died = true; died; opened++) {
      const process = await world.open()
      died = false
      const consumer = await process.start(
        hearing(process, {
          retry: { attempts: 1, crashes: 3 },
          leaseTime: 30,
          async before({ redriven }) {
            if (!redriven) throw new Error('bad')
            died = true
            await process.kill()
          },
        }),
      )
      await eventually(async () => assert.ok(died || (await consumer.idle())))
      if (opened > 0) continue
      await redrive(process.store, { consumer: 'listener' })
      await eventually(() => assert.ok(died))
    }
    assert.equal(opened, 4)
    const [letter] = await deadLetters(setUp.store)
    assert.match(letter?.reason.message ?? '', /ended 3 times/)
    assert.equal(await redriving(setUp), undefined)
  },

  async 'processes that are killed from outside bury nothing'(world) {
    const setUp = await world.open()
    await setUp.broker.ensureTopic(TOPIC, { partitions: 1 })
    await setUp.broker.publish(TOPIC, [told('a', 1), told('b', 1), told('c', 1)])
    for (let round = 0; round < 6; round++) {
      const process = await world.open()
      const seen: string[] = []
      await process.start(
        hearing(process, {
          retry: { crashes: 3 },
          // Each time another one is running.
          async before({ message }) {
            seen.push(String(message.key))
            if (seen.length > round % 3) await process.kill()
          },
        }),
      )
      await eventually(async () =>
        assert.ok(seen.length > round % 3 || (await heard(process, 'c')).length === 1),
      )
      await process.kill()
    }
    const last = await world.open()
    const consumer = await last.start(hearing(last))
    await idle(consumer)
    for (const key of ['a', 'b', 'c']) assert.deepEqual(await heard(last, key), [1])
    assert.deepEqual(await deadLetters(last.store), [])
  },

  async 'an owner that only lost its partition makes no suspect'(world) {
    const gate = Promise.withResolvers<void>()
    const first = await world.open()
    await first.broker.ensureTopic(TOPIC, { partitions: 1 })
    let entered = false
    await first.start(
      hearing(first, {
        async before() {
          entered = true
          await gate.promise
        },
      }),
    )
    await first.broker.publish(TOPIC, [told('a', 1), told('b', 1)])
    await eventually(() => assert.ok(entered))
    await first.lose()
    await eventually(async () => {
      const rows = await first.store.documents<{ interrupted?: boolean }>('eventwright.attempts').list()
      assert.deepEqual(
        rows.map(({ value }) => value.interrupted),
        [true],
      )
    })
    const second = await world.open()
    let suspects = 0
    const consumer = await second.start(
      hearing(second, {
        async before(_, tx) {
          suspects += (await tx.documents('eventwright.attempts').list({ prefix: 'listener/tales/0/' }))
            .length
        },
      }),
    )
    await idle(consumer)
    assert.equal(suspects, 0)
    for (const key of ['a', 'b']) assert.deepEqual(await heard(second, key), [1])
    gate.resolve()
  },

  async 'a consumer that is stopped lets what runs end, and leaves no suspect'(world) {
    const first = await world.open()
    await first.broker.ensureTopic(TOPIC, { partitions: 1 })
    let entered = false
    const consumer = await first.start(
      hearing(first, {
        async before() {
          entered = true
          await new Promise((resolve) => setTimeout(resolve, 50))
        },
      }),
    )
    await first.broker.publish(TOPIC, [told('a', 1)])
    await eventually(() => assert.ok(entered))
    await consumer.stop()
    assert.deepEqual(await heard(first, 'a'), [1])
    assert.equal((await consumer.health()).state, 'stopped')
    const rows = await first.store.documents<{ offsets: number[] }>('eventwright.attempts').list()
    assert.deepEqual(
      rows.map(({ value }) => value.offsets),
      [[]],
    )
  },
}
