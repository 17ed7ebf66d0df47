import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerEngine } from '../broker/index.ts'
import { memory } from '../memory.ts'
import { idle } from '../testing/idle.ts'
import type { App } from './app.ts'
import { crash } from './crash.ts'
import { eventwright } from './eventwright.ts'
import { changedBroker, firstLap, lapsOf, race, upTo, worstTime } from './fixtures/baton.ts'
import { places } from './fixtures/places.ts'

test('what the relay publishes while its consumers are asked is seen', async () => {
  const engine = memory()
  const time = worstTime(() => app.store)
  await using app = await eventwright({
    store: engine,
    broker: time.publishing(time.counting(engine)),
    run: race(3),
  })
  await app.execute(firstLap)
  await time.holding
  await app.idle()
  assert.deepEqual(await lapsOf([app]), upTo(3))
})

test('what one app publishes while another is asked is seen, each with a store of its own', async () => {
  const broker = memory()
  const time = worstTime(() => second.store)
  await using first = await eventwright({
    store: memory(),
    broker: time.counting(broker),
    run: race(4, 'first', ['second']),
  })
  await using second = await eventwright({
    store: memory(),
    broker: time.publishing(broker),
    run: race(4, 'second', ['first']),
  })
  await second.execute(firstLap)
  await time.holding
  await idle([first, second])
  assert.deepEqual(await lapsOf([first, second]), upTo(4))
})

const LAPS = 12

/** Milliseconds; now and then nothing at all. */
const aWhile = (): Promise<void> => sleep(Math.max(0, Math.random() * 6 - 2))

const lazy = (engine: BrokerEngine): BrokerEngine =>
  changedBroker(engine, ({ publish }) => ({
    async publish(topic, messages) {
      await aWhile()
      await publish(topic, messages)
      await aWhile()
    },
  }))

/** What `work` comes to beside another app, which is killed once the race is well under way, or else stopped at the end. */
async function beside(open: () => Promise<App>, killed: boolean, work: (app: App) => Promise<void>) {
  const other = await open()
  let running = true
  try {
    await using app = await open()
    await app.execute(firstLap)
    if (killed) {
      while ((await lapsOf([app])).length < LAPS / 3) await sleep(1)
      running = false
      await crash(other)
    }
    await work(app)
  } finally {
    if (running) await other.stop()
  }
}

for (const [name, fresh] of Object.entries(places)) {
  suite(`an app on ${name} that says it is at rest`, () => {
    for (const killed of [false, true]) {
      const whom = killed ? 'one that is killed in the middle' : 'another'
      test(`has the last lap behind it, however long each takes, beside ${whom}`, async () => {
        const { engine, dispose } = await fresh()
        // Of a dead one it is waited for; a living one must keep it up on a busy machine.
        const leases = killed ? { leaseTime: 2000 } : {}
        const open = () =>
          eventwright({
            store: engine,
            broker: lazy(engine),
            run: race(LAPS),
            crashable: true,
            ...leases,
          })
        await beside(open, killed, async (app) => {
          await app.idle({ timeout: 120_000 })
          assert.deepEqual(await lapsOf([app]), upTo(LAPS))
        }).finally(dispose)
      })
    }
  })
}
