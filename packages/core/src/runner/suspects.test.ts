import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { RELAY } from '../delivery/index.ts'
import { checkpointOf } from '../projection/index.ts'
import { eventually } from '../testing/delivery/world.ts'
import { crash } from './crash.ts'
import { eventwright } from './eventwright.ts'
import { brokerWith } from './fixtures/broker-with.ts'
import { places } from './fixtures/places.ts'
import { type Place, pay, tillRun } from './fixtures/till.ts'
import type { AppOptions } from './options.ts'

/** Milliseconds that others make room for a suspect, at least: a timer is not exact. */
const ROOM = 900

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`a message that ran when its process ended, on ${engine}`, () => {
    test('runs a moment before any read model, timer or send does, so that their crash is not laid at its door', {
      timeout: 120_000,
    }, async () => {
      const place = await makePlace()
      let begun = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      let others: { readonly place: Place; readonly at: number }[] = []
      const placesOf = (): ReadonlySet<Place> => new Set(others.map(({ place }) => place))
      const at = (reached: Place): Promise<void> | undefined => {
        if (reached !== 'consumer') others.push({ place: reached, at: performance.now() })
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
        assert.deepEqual(placesOf(), new Set<Place>(['relay', 'projection']))
        // What is done and is not known to be would be done by the next app, before the suspect begins.
        for (const name of [RELAY, checkpointOf('sums', 1)])
          assert.equal(await first.store.checkpoint(name), await first.store.head(), name)
      })
      await crash(first)
      begun = Promise.withResolvers()

      await using app = await eventwright(options)
      await begun.promise
      others = []
      const before = performance.now()
      await app.execute(pay(2))
      await app.clock.advance(60_000)
      await eventually(() => assert.deepEqual(placesOf(), new Set<Place>(['relay', 'projection', 'timer'])))
      for (const { place, at } of others) assert.ok(at - before > ROOM, `${place} ran beside it`)
      gate.resolve()
      await app.idle()
      assert.equal(await app.store.documents<number>('receipts').get('count'), 2)
      assert.deepEqual(await app.deadLetters(), [])
      await place.dispose()
    })
  })
}
