import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from '../event/index.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { places } from './fixtures/places.ts'
import { placeOrder, unanswered } from './fixtures/shop.ts'
import { pay, tillRun } from './fixtures/till.ts'
import type { AppOptions } from './options.ts'

const HOUR = 3_600_000

/** A machine whose clock is so many milliseconds fast. */
function fast(by: number): Clock {
  return { now: () => systemClock.now() + by, at: (time, callback) => systemClock.at(time - by, callback) }
}

function held(health: Awaited<ReturnType<App['health']>>): readonly (boolean | undefined)[] {
  return health.components.flatMap(({ work }) => (work?.leaseHeld === undefined ? [] : [work.leaseHeld]))
}

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`two instances whose clocks are an hour apart, on ${engine}`, () => {
    test('hold their leases by the clock of the database, and take nothing from each other', {
      timeout: 60_000,
    }, async () => {
      const place = await makePlace()
      const options: AppOptions = { store: place.engine, run: tillRun(() => {}), topic: { publish: 'all' } }
      const slow = await eventwright(options)
      await slow.execute(pay(0))
      await slow.idle()
      const quick = await eventwright({ ...options, clock: fast(HOUR) })
      await quick.execute(pay(1))
      await Promise.all([slow.idle(), quick.idle()])
      assert.ok(
        held(await slow.health()).every((one) => one === true),
        'the first keeps them',
      )
      assert.ok(
        held(await quick.health()).every((one) => one === false),
        'the second waits',
      )
      await slow.stop()
      await quick.execute(pay(2))
      while (held(await quick.health()).some((one) => one === false)) await sleep(10)
      await quick.idle()
      assert.equal(await quick.store.documents<number>('receipts').get('count'), 3)
      assert.equal(await quick.documents<number>('sums').get('sum'), 3)
      await quick.stop()
      await place.dispose()
    })

    test('record by their own clocks, and the order of the log follows positions all the same', async () => {
      const place = await makePlace()
      const options: AppOptions = { store: place.engine, run: tillRun(() => {}), start: false }
      await using slow = await eventwright(options)
      await using quick = await eventwright({ ...options, clock: fast(HOUR) })
      const began = Date.now()
      await quick.execute(pay(1))
      await slow.execute(pay(2))
      const { events } = await slow.store.readAll({ types: ['Paid'] })
      assert.deepEqual(
        events.map(({ stream }) => stream),
        ['till-t-1', 'till-t-2'],
      )
      const [first = 0, second = 0] = events.map(({ recordedAt }) => recordedAt)
      assert.ok(first >= began + HOUR && second >= began && second < began + HOUR)
      await slow.stop()
      await quick.stop()
      await place.dispose()
    })

    test('fire a time-out by the clock of whoever holds the timers', { timeout: 60_000 }, async () => {
      const place = await makePlace()
      const options: AppOptions = { store: place.engine, run: unanswered }
      const slow = await eventwright(options)
      await slow.execute(placeOrder('o-1', 1))
      await slow.idle()
      assert.equal((await slow.health()).sagas.open, 1)
      const due = await slow.nextDue()
      assert.ok(due !== undefined && due > Date.now(), 'half a minute by its own clock')
      await slow.stop()
      await using quick = await eventwright({ ...options, clock: fast(HOUR) })
      await quick.idle()
      const { events } = await quick.store.read('saga:checkout-o-1')
      assert.equal(events.filter(({ type }) => type.endsWith('StepTimedOut')).length, 1)
      await quick.stop()
      await place.dispose()
    })
  })
}
