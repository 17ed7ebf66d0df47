import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { crash } from './crash.ts'
import { eventwright } from './eventwright.ts'
import { brokerWith } from './fixtures/broker-with.ts'
import { places } from './fixtures/places.ts'
import { pay, tillRun } from './fixtures/till.ts'
import type { AppOptions } from './options.ts'

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`an app that is crashed on ${engine}`, () => {
    test('while it is opened, never is open, and what it began has no effect', {
      timeout: 60_000,
    }, async () => {
      const place = await makePlace()
      const options: AppOptions = {
        store: place.engine,
        run: tillRun(() => {}),
        topic: { publish: 'all' },
        crashable: true,
        instance: 'same',
      }
      const before = await eventwright({ ...options, start: false })
      await before.execute(pay(1))
      await before.stop()

      const begun = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      const broker = brokerWith(place.engine, ({ subscribe }) => ({
        subscribe: (...given) => gate.promise.then(() => subscribe(...given)),
      }))
      const run = tillRun(() => begun.resolve())
      const opening = eventwright({ ...options, broker, run })
      await begun.promise
      const crashed = crash(opening)
      gate.resolve()
      await crashed
      assert.equal(await Promise.race([opening, sleep(100, 'not yet')]), 'not yet')

      await using app = await eventwright(options)
      await app.idle()
      assert.equal(await app.documents<number>('sums').get('sum'), 1)
      assert.equal(await app.store.documents<number>('receipts').get('count'), 1)
      await place.dispose()
    })

    test('ends also where a subscription of it hangs, and what it held can be had', {
      timeout: 60_000,
    }, async () => {
      const place = await makePlace()
      const subscribing = Promise.withResolvers<void>()
      const broker = brokerWith(place.engine, () => ({
        subscribe() {
          subscribing.resolve()
          return new Promise(() => {})
        },
      }))
      const options: AppOptions = { store: place.engine, run: tillRun(() => {}), instance: 'same' }
      const opening = eventwright({ ...options, broker, crashable: true })
      await subscribing.promise
      await crash(opening)
      await using app = await eventwright(options)
      await app.execute(pay(1))
      await app.idle()
      assert.equal(await app.documents<number>('sums').get('sum'), 1)
      await place.dispose()
    })
  })
}
