import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { RELAY } from '../../delivery/index.ts'
import type { EventStore } from '../../store/index.ts'
import { append, listening, numbered, say, starting, unique } from './said.ts'
import { type DeliveryPromises, eventually, idle, type Process } from './world.ts'

/** Units of work one after the other, each of which waits for those before it. */
const TURNS = 5

/** Milliseconds of a lease that is never renewed: enough to publish a slice, also on a busy machine. */
const LEASE = 300

/** The log is read further than it is published, and published further than the checkpoint stands. */
export const relayingAhead: DeliveryPromises = {
  async 'the checkpoint stands before what is under way, while what comes after it is read'(world) {
    const answer = Promise.withResolvers<void>()
    const process = await world.open({
      publish: (messages) => (messages.some(({ id }) => id === 'a-3') ? answer.promise : undefined),
    })
    const ear = await listening(process)
    await append(process, numbered('a', 1, 7))
    const { events } = await process.store.readAll()
    const stands = async (): Promise<void> =>
      assert.equal(await process.store.checkpoint(RELAY), events[1]?.position)
    const routed: string[] = []
    const component = await starting(process, {
      batch: 2,
      route(event) {
        routed.push(event.id)
        return say(event)
      },
    })
    try {
      await eventually(() => assert.deepEqual(routed, numbered('a', 1, 6)))
      await eventually(stands)
      await eventually(() => assert.deepEqual(ear.ids('a'), ['a-1', 'a-2']))
      await behindWhatIsWritten(process.store)
      await stands()
    } finally {
      answer.resolve()
    }
    await idle(component)
    await eventually(() => assert.deepEqual(ear.ids('a'), numbered('a', 1, 7)))
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
  },

  async 'what was read before a key failed does not overtake it'(world) {
    let failures = 0
    const process = await world.open({
      publish(messages) {
        if (messages.some(({ id }) => id === 'bad-1') && failures++ < 4) throw new Error('no leader')
      },
    })
    const ear = await listening(process)
    await append(process, ['bad-1', 'good-1', 'bad-2', 'good-2', 'bad-3'])
    const component = await starting(process, { batch: 1, backoff: 100 })
    await eventually(() => assert.deepEqual(ear.ids('good'), ['good-1', 'good-2']))
    await idle(component)
    assert.deepEqual(ear.ids('bad'), [])
    assert.equal(await process.store.checkpoint(RELAY), 0)
    await eventually(async () => {
      await world.clock.advance(100)
      assert.deepEqual(ear.ids('bad'), numbered('bad', 1, 3))
    })
    await idle(component)
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
  },

  async 'a relay that stops has moved its checkpoint behind what it published'(world) {
    const move = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const process = await world.open({
      unit: () => move.promise,
      publish: (messages) => (messages.some(({ id }) => id === 'a-2') ? answer.promise : undefined),
    })
    const ear = await listening(process)
    await append(process, numbered('a', 1, 3))
    const component = await starting(process, { batch: 1 })
    await eventually(() => assert.deepEqual(ear.ids('a'), ['a-1']))
    const stopping = component.stop(60_000)
    answer.resolve()
    await eventually(() => assert.deepEqual(ear.ids('a'), ['a-1', 'a-2']))
    // One that does not wait has stopped by then.
    await Promise.race([stopping, sleep(200)])
    assert.ok((await component.health()).work?.leaseHeld)
    move.resolve()
    await stopping
    assert.equal(await process.store.checkpoint(RELAY), 2)
  },

  async 'a relay that lost its lease and has it again begins behind the move that was under way'(world) {
    const move = Promise.withResolvers<void>()
    let moves = 0
    let sends = 0
    const process: Process = await world.open({
      unit: () => (moves++ === 0 ? move.promise : undefined),
      async publish() {
        // The lease ends while the second slice is sent: the third one is not.
        if (++sends === 2) await sleep(LEASE + 50)
      },
    })
    const ear = await listening(process)
    await append(process, numbered('a', 1, 5))
    process.freezeLeases()
    const component = await starting(process, { batch: 2, leaseTime: LEASE })
    await eventually(async () => assert.equal((await component.health()).state, 'waiting'))
    // One that does not wait for the move has begun again by then.
    await sleep(200)
    move.resolve()
    await idle(component)
    assert.deepEqual(process.refused, [])
    await eventually(() => assert.deepEqual(unique(ear.ids('a')), numbered('a', 1, 5)))
  },

  async 'a move of the checkpoint that fails is told, and made again'(world) {
    const disk = new Error('the disk is full')
    let isFull = true
    const process = await world.open({
      unit() {
        if (isFull) throw disk
      },
    })
    const ear = await listening(process)
    await append(process, numbered('a', 1, 3))
    const component = await starting(process, { batch: 2 })
    await eventually(async () => assert.equal((await component.health()).error, disk.message))
    isFull = false
    await idle(component)
    assert.ok(process.refused.every((error) => error === disk))
    assert.equal(await process.store.checkpoint(RELAY), await process.store.head())
    await eventually(() => assert.deepEqual(unique(ear.ids('a')), numbered('a', 1, 3)))
  },

  async 'a relay whose move is refused publishes nothing more'(world) {
    const gate = Promise.withResolvers<void>()
    let sends = 0
    const first: Process = await world.open({
      async publish() {
        if (++sends === 1) await gate.promise
        // What is under way when it is refused may be published once more.
        else await eventually(() => assert.ok(first.refused.length > 0))
      },
    })
    const second = await world.open()
    const ear = await listening(second)
    await append(second, numbered('a', 1, 9))
    const zombie = await starting(first, { batch: 1 })
    await eventually(() => assert.equal(sends, 1))
    const { instance: holder } = first.runtime
    await second.store.leases.release({ name: RELAY, holder, token: 1 })
    const component = await starting(second)
    await idle(component)
    assert.equal(await second.store.checkpoint(RELAY), 9)
    gate.resolve()
    await eventually(async () => assert.equal((await zombie.health()).state, 'waiting'))
    assert.ok(sends <= 2, `it sent ${sends} times`)
    await eventually(() => assert.deepEqual(unique(ear.ids('a')), numbered('a', 1, 9)))
  },
}

/** Whatever a relay began to write before is written when this resolves. */
async function behindWhatIsWritten(store: EventStore): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++)
    await store.transaction((tx) => tx.checkpoint.advance('beside the relay', turn, turn + 1))
}
