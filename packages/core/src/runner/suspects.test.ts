import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../testing/delivery/world.ts'
import { crash } from './crash.ts'
import { eventwright } from './eventwright.ts'
import { brokerWith } from './fixtures/broker-with.ts'
import { places } from './fixtures/places.ts'
import { type Place, pay, tillRun } from './fixtures/till.ts'
import type { AppOptions } from './options.ts'

/** Milliseconds in which who is not held back would have begun. */
const WHILE = 300

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`a message that ran when its process ended, on ${engine}`, () => {
    test('runs while no read model, timer or send runs beside it, so that their crash is not laid at its door', {
      timeout: 120_000,
    }, async () => {
      const place = await makePlace()
      let begun = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      let others: Place[] = []
      const at = (reached: Place): Promise<void> | undefined => {
        if (reached !== 'consumer') others.push(reached)
        else {
          begun.resolve()
          return gate.promise
        }
        return undefined
      }
      const options: AppOptions = {
        store: place.engine,
        broker: brokerWith(place.engine, ({ publish }) => ({
          publish(...given) {
            void at('relay')
            return publish(...given)
          },
        })),
        run: tillRun(at, '30s'),
        topic: { publish: 'all' },
        virtualClock: true,
        crashable: true,
        instance: 'same',
      }
      const first = await eventwright(options)
      await first.execute(pay(1))
      await begun.promise
      await eventually(async () => {
        assert.equal((await first.store.timers({})).length, 1)
        assert.deepEqual(new Set(others), new Set<Place>(['relay', 'projection']))
      })
      await crash(first)
      begun = Promise.withResolvers()

      await using app = await eventwright(options)
      await begun.promise
      others = []
      await app.execute(pay(2))
      await app.clock.advance(60_000)
      await sleep(WHILE)
      assert.deepEqual(others, [], 'ran beside it')
      gate.resolve()
      await app.idle()
      assert.deepEqual(new Set(others), new Set<Place>(['relay', 'projection', 'timer']))
      assert.equal(await app.store.documents<number>('receipts').get('count'), 2)
      assert.deepEqual(await app.deadLetters(), [])
      await place.dispose()
    })
  })
}
