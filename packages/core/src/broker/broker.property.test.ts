import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { assertKeyOrder, eventually, message, type Seen } from '../testing/broker/observe.ts'
import type { Broker, Subscription } from './broker.ts'
import { emptyMemory, memoryStorage } from './memory/memory-storage.ts'
import { openBroker } from './open-broker.ts'
import type { BrokerStorage } from './storage.ts'

type Act =
  | { readonly act: 'publish'; readonly key: string | null; readonly count: number }
  | { readonly act: 'ack'; readonly at: number }
  | { readonly act: 'throw' }
  | { readonly act: 'join' }
  | { readonly act: 'leave'; readonly at: number }
  | { readonly act: 'rest' }

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('publish'), key: keys(), count: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('ack'), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('throw') }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('join') }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('leave'), at: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('rest') }) },
)

function keys(): fc.Arbitrary<string | null> {
  return fc.constantFrom('a', 'b', 'c', 'd', null)
}

/** A group under random acts, with a model of what was acknowledged. */
class History implements AsyncDisposable {
  readonly storage: BrokerStorage = memoryStorage(emptyMemory())
  readonly broker: Broker = openBroker(this.storage)
  readonly members: Subscription[] = []
  readonly seen: Seen[] = []
  readonly acknowledged = new Set<string>()
  open: Seen[] = []
  published = 0
  throws = 0
  draining = false

  async do(act: Act): Promise<void> {
    if (act.act === 'publish') await this.publish(act.key, act.count)
    if (act.act === 'ack') this.acknowledge(act.at)
    if (act.act === 'throw') this.throws += 1
    if (act.act === 'join' && this.members.length < 4) await this.join()
    if (act.act === 'leave' && this.members.length > 1) await this.leave(act.at)
    if (act.act === 'rest') await sleep(1)
    await this.check()
  }

  async publish(key: string | null, count: number): Promise<void> {
    const sent = Array.from({ length: count }, () => message(`m-${this.published++}`, key))
    await this.broker.publish('t', sent)
  }

  async join(): Promise<void> {
    const options = { group: 'g', topics: ['t'], batch: 4, maxInFlight: 8 }
    this.members.push(
      await this.broker.subscribe(options, async (batch, delivery) => {
        for (const received of batch) {
          const entry = { member: '', message: received, delivery }
          this.seen.push(entry)
          this.open.push(entry)
          if (this.draining) this.acknowledge(this.open.length - 1)
        }
        if (this.throws > 0) {
          this.throws -= 1
          throw new Error('not now')
        }
      }),
    )
  }

  async leave(at: number): Promise<void> {
    const [member] = this.members.splice(at % this.members.length, 1)
    await member?.stop(1)
  }

  acknowledge(at: number): void {
    const [entry] = this.open.splice(at % Math.max(1, this.open.length), 1)
    if (!entry) return
    this.acknowledged.add(`${entry.message.partition}/${entry.message.offset}`)
    entry.delivery.ack(entry.message)
  }

  async check(): Promise<void> {
    for (const { partition, committed } of await this.storage.progress('g')) {
      for (let offset = 0; offset < committed; offset += 1) {
        assert.ok(
          this.acknowledged.has(`${partition}/${offset}`),
          `${partition}/${offset} is committed, not acknowledged`,
        )
      }
    }
  }

  async finish(): Promise<void> {
    this.draining = true
    while (this.open.length > 0) this.acknowledge(0)
    await eventually(async () => {
      while (this.open.length > 0) this.acknowledge(0)
      assert.equal(await this.broker.groupLag('g'), 0)
    })
    await this.check()
    assert.equal(new Set(this.seen.map((entry) => entry.message.id)).size, this.published)
    assertKeyOrder(this.seen)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop(0)))
    await this.broker.close()
  }
}

test('random histories: all at least once, keys in order, nothing committed that is not acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 60 }), async (history) => {
      await using group = new History()
      await group.broker.ensureTopic('t', { partitions: 3 })
      await group.join()
      for (const act of history) await group.do(act)
      await group.finish()
    }),
    { numRuns: 30 },
  )
})
