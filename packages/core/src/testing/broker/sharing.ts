import assert from 'node:assert/strict'
import {
  acknowledge,
  assertKeyOrder,
  eventually,
  hold,
  message,
  messages,
  observe,
  type Seen,
  settled,
} from './observe.ts'
import type { BrokerPromises } from './place.ts'

const topics = ['t']
/** Milliseconds: short, and longer than a busy machine keeps a member that lives from showing it. */
const SESSION = 1500

function partitionsBy(seen: readonly Seen[], member: string): Map<number, number> {
  return new Map(
    seen.filter((one) => one.member === member).map(({ delivery }) => [delivery.partition, delivery.token]),
  )
}

export const sharing: BrokerPromises = {
  'every group gets everything, also one that comes later': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t')
    const early = await observe(broker, { group: 'early', topics })
    await broker.publish('t', messages('m', 12))
    await eventually(() => assert.equal(early.seen.length, 12))
    const late = await observe(broker, { group: 'late', topics })
    await eventually(() => assert.equal(late.seen.length, 12))
    assert.deepEqual(late.ids().sort(), early.ids().sort())
  },

  'a group goes on where it stopped': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t')
    await broker.publish('t', messages('m', 12))
    const first = await observe(broker, { topics })
    await eventually(() => assert.equal(first.seen.length, 12))
    await first.subscription.stop()
    await broker.publish('t', [message('next')])
    const again = await engine.openBroker()
    const second = await observe(again, { topics })
    await eventually(() => assert.deepEqual(second.ids(), ['next']))
    await settled(30)
    assert.deepEqual(second.ids(), ['next'])
  },

  'members share partitions fairly, and each message is handled by one of them': async ({ engine }) => {
    const [one, two] = await Promise.all([engine.openBroker(), engine.openBroker()])
    await one.ensureTopic('t', { partitions: 6 })
    const seen: Seen[] = []
    await observe(one, { topics, member: 'a', seen })
    await observe(two, { topics, member: 'b', seen })
    await observe(two, { topics, member: 'c', seen })
    const shares = (of: readonly Seen[]) => ['a', 'b', 'c'].map((member) => partitionsBy(of, member).size)
    let published = 0
    async function round(): Promise<readonly Seen[]> {
      const before = seen.length
      await one.publish('t', messages(`m${published}`, 12))
      published += 12
      await eventually(() => assert.ok(seen.length >= before + 12))
      return seen.slice(before)
    }
    await eventually(async () => assert.deepEqual(shares(await round()), [2, 2, 2]))
    const settledAt = seen.length
    for (let at = 0; at < 10; at += 1) await round()
    assert.deepEqual(shares(seen.slice(settledAt)), [2, 2, 2])
    assert.equal(new Set(seen.map((entry) => entry.message.id)).size, published)
    assert.equal(seen.length, published)
  },

  'a member that joins gets only what has to move, after the old owner has drained it': async ({
    engine,
  }) => {
    const [one, two] = await Promise.all([engine.openBroker(), engine.openBroker()])
    await one.ensureTopic('t', { partitions: 4 })
    const seen: Seen[] = []
    await hold(one, { topics, member: 'a', seen })
    for (const entry of messages('old', 4)) await one.publish('t', [entry])
    await eventually(() => assert.equal(seen.length, 4))
    const before = partitionsBy(seen, 'a')
    await observe(two, { topics, member: 'b', seen })
    await eventually(() => assert.equal(seen.filter(({ delivery }) => delivery.signal.aborted).length, 2))
    await two.publish('t', messages('new', 8))
    await settled(80)
    assert.deepEqual(partitionsBy(seen, 'b'), new Map(), 'what is not drained does not move')
    for (const entry of seen) entry.delivery.ack(entry.message)
    await eventually(() => assert.equal(seen.length, 12))
    const moved = partitionsBy(seen, 'b')
    assert.equal(moved.size, 2)
    for (const [partition, token] of moved) assert.ok(token > (before.get(partition) ?? 0))
    const kept = seen.filter(({ member, delivery }) => member === 'a' && !delivery.signal.aborted)
    assert.equal(new Set(kept.map(({ delivery }) => delivery.partition)).size, 2)
    for (const { delivery } of kept) assert.equal(delivery.token, before.get(delivery.partition))
  },

  'a handler that lets go is not waited for when its partition moves': async ({ engine }) => {
    const [one, two] = await Promise.all([engine.openBroker(), engine.openBroker()])
    await one.ensureTopic('t', { partitions: 2 })
    await one.publish('t', messages('m', 8))
    const seen: Seen[] = []
    await hold(one, { topics, member: 'a', seen })
    await eventually(() => assert.equal(seen.length, 8))
    let asked = Number.POSITIVE_INFINITY
    for (const { delivery } of seen)
      delivery.signal.addEventListener('abort', () => {
        asked = Math.min(asked, performance.now())
        delivery.letGo()
      })
    await observe(two, { topics, member: 'b', seen })
    await eventually(() => assert.equal(seen.length, 12))
    assert.ok(performance.now() - asked < 4500, 'less than a drain may take')
    assert.ok(seen.slice(8).every(({ member }) => member === 'b'))
  },

  'when a member stops, another goes on at once': async ({ engine }) => {
    const [one, two] = await Promise.all([engine.openBroker(), engine.openBroker()])
    await one.ensureTopic('t', { partitions: 1 })
    const seen: Seen[] = []
    const sessionTimeout = 60_000
    const a = await observe(one, { topics, member: 'a', seen, sessionTimeout })
    const b = await observe(two, { topics, member: 'b', seen, sessionTimeout })
    await two.publish('t', [message('first')])
    await eventually(() => assert.equal(seen.length, 1))
    const [owner] = seen
    // Where the broker assigns, it may have heard of the topic only when both were there.
    const [leaves, stays] = owner?.member === 'a' ? [a, b] : [b, a]
    await leaves.subscription.stop()
    await two.publish('t', [message('second')])
    await eventually(() => assert.equal(seen.length, 2), 30_000)
    assert.notEqual(seen[1]?.member, owner?.member)
    assert.ok((seen[1]?.delivery.token ?? 0) > (owner?.delivery.token ?? 0))
    await stays.subscription.stop()
  },

  'members of one group may hear different topics': async ({ engine }) => {
    const broker = await engine.openBroker()
    await broker.ensureTopic('t')
    await broker.ensureTopic('u')
    const seen: Seen[] = []
    await observe(broker, { topics: ['t'], member: 'a', seen })
    await observe(broker, { topics: ['t', 'u'], member: 'b', seen })
    await settled(100)
    await broker.publish('t', messages('t', 24))
    await broker.publish('u', messages('u', 24))
    await eventually(() => assert.equal(seen.length, 48))
    assert.ok(seen.every(({ member, message: { topic } }) => topic === 't' || member === 'b'))
    assert.ok(seen.some(({ member }) => member === 'a'))
  },

  'a member that hangs loses its partitions, its signal is aborted, and it commits nothing more': async (
    place,
  ) => {
    const zombie = await place.openCutOff()
    const other = await place.engine.openBroker()
    await other.ensureTopic('t', { partitions: 2 })
    const seen: Seen[] = []
    const sessionTimeout = SESSION
    await hold(zombie.broker, { topics, member: 'zombie', seen, sessionTimeout })
    await other.publish('t', messages('m', 6))
    await eventually(() => assert.ok(seen.length >= 6))
    // Whoever had no turn for longer than its session has all of them again, under a new token.
    await eventually(async () => {
      acknowledge(seen, 'm-0', 'm-1')
      assert.equal(await other.groupLag('g'), 4)
    })
    const held = seen.slice()
    zombie.cut()
    await hold(other, { topics, member: 'heir', seen, sessionTimeout })
    const heirs = (): Seen[] => seen.filter(({ member }) => member === 'heir')
    await eventually(() => assert.ok(heirs().length >= 4))
    const taken = heirs()
    await eventually(() => assert.ok(held.every(({ delivery }) => delivery.signal.aborted)))
    acknowledge(held, 'm-2', 'm-3', 'm-4', 'm-5')
    zombie.mend()
    await settled(100)
    assert.equal(await other.groupLag('g'), 4, 'the zombie committed nothing')
    assert.deepEqual(new Set(taken.map((one) => one.message.id)), new Set(['m-2', 'm-3', 'm-4', 'm-5']))
    for (const { delivery } of taken) {
      const old = held.filter((one) => one.delivery.partition === delivery.partition)
      assert.ok(old.length > 0 && old.every((one) => delivery.token > one.delivery.token))
    }
  },

  'a member that hung, and whose partitions nobody took, goes on under a new token': async (place) => {
    const { broker, cut, mend } = await place.openCutOff()
    const other = await place.engine.openBroker()
    await other.ensureTopic('t', { partitions: 1 })
    const seen: Seen[] = []
    await hold(broker, { topics, seen, sessionTimeout: SESSION })
    await other.publish('t', messages('m', 2))
    await eventually(() => assert.ok(seen.length >= 2))
    await eventually(async () => {
      acknowledge(seen, 'm-0')
      assert.equal(await other.groupLag('g'), 1)
    })
    const held = seen.slice()
    const again = (): Seen[] => seen.slice(held.length)
    cut()
    await eventually(() => assert.ok(held.every(({ delivery }) => delivery.signal.aborted)))
    mend()
    await eventually(() => assert.ok(again().length > 0))
    assert.ok(again().every((one) => one.message.id === 'm-1'))
    assert.ok((again()[0]?.delivery.token ?? 0) > (held.at(-1)?.delivery.token ?? 0))
    acknowledge(held, 'm-1')
    await settled(50)
    assert.equal(await other.groupLag('g'), 1, 'what it acknowledged under the old token counts for nothing')
    await eventually(async () => {
      acknowledge(again(), 'm-1')
      assert.equal(await other.groupLag('g'), 0)
    })
  },

  'a commit that was under way when the lease was lost is refused': async (place) => {
    const zombie = await place.openCutOff()
    const other = await place.engine.openBroker()
    await other.ensureTopic('t', { partitions: 1 })
    const seen: Seen[] = []
    const sessionTimeout = SESSION
    await hold(zombie.broker, { topics, member: 'zombie', seen, sessionTimeout })
    await other.publish('t', messages('m', 3))
    await eventually(() => assert.ok(seen.length >= 3))
    zombie.cut()
    acknowledge(seen, 'm-0', 'm-1', 'm-2')
    await hold(other, { topics, member: 'heir', seen, sessionTimeout })
    await eventually(() => assert.ok(seen.filter(({ member }) => member === 'heir').length >= 3))
    zombie.mend()
    await settled(100)
    assert.equal(await other.groupLag('g'), 3)
  },

  'members that come and go lose nothing and keep the order of each key': async ({ engine }) => {
    const brokers = await Promise.all([engine.openBroker(), engine.openBroker()])
    const [publisher] = brokers
    await publisher.ensureTopic('t', { partitions: 5 })
    const seen: Seen[] = []
    const join = (at: number) =>
      observe(brokers[at % 2] ?? publisher, {
        topics,
        member: `${at}`,
        seen,
        batch: 3,
        handle: async (received, delivery) => {
          if (received.offset % 3 === 0) await settled(1)
          delivery.ack(received)
        },
      })
    const present = [await join(0)]
    for (let at = 1; at <= 8; at += 1) {
      const sending = Promise.all(
        messages(`m${at}`, 20).map((entry, number) =>
          publisher.publish('t', [{ ...entry, key: `k${number % 7}` }]),
        ),
      )
      present.push(await join(at))
      if (present.length > 3) await present.shift()?.subscription.stop()
      await sending
    }
    await eventually(() => assert.equal(new Set(seen.map((entry) => entry.message.id)).size, 160))
    await eventually(async () => assert.equal(await publisher.groupLag('g'), 0))
    assertKeyOrder(seen)
    assert.equal(seen.length, 160, 'who leaves in order hands over without repeating')
  },
}
