import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { BrokerEngine } from '../broker/index.ts'
import type { StoreEngine } from '../store/index.ts'
import { crash } from './crash.ts'
import { CannotOpenApp, NotIdle } from './errors.ts'
import { eventwright } from './eventwright.ts'
import { brokerWith } from './fixtures/broker-with.ts'
import { places } from './fixtures/places.ts'
import { tillRun } from './fixtures/till.ts'

const run = tillRun(() => {})

/** Engines of which the broker lets no component begin, and what of them was closed. */
function refusing(engine: StoreEngine & BrokerEngine, refusal: Error) {
  const closed: string[] = []
  const store: StoreEngine = {
    ...engine,
    async openStore(options) {
      const opened = await engine.openStore(options)
      return {
        ...opened,
        async close() {
          closed.push('store')
          await opened.close()
        },
      }
    },
  }
  const broker = brokerWith(engine, ({ close }) => ({
    subscribe: () => Promise.reject(refusal),
    async close() {
      closed.push('broker')
      await close()
    },
  }))
  return { store, broker, closed }
}

for (const [name, makePlace] of Object.entries(places)) {
  suite(`an app that cannot be started on ${name}`, () => {
    for (const [what, refusal, thrown] of [
      ['throws what it was refused with', new NotIdle(['relay'], 1), NotIdle],
      ['says why it cannot be opened', new Error('no room'), CannotOpenApp],
    ] as const) {
      test(`closes what was opened, and ${what}`, { timeout: 60_000 }, async () => {
        const place = await makePlace()
        const { closed, ...engines } = refusing(place.engine, refusal)
        await assert.rejects(eventwright({ ...engines, run, signals: true }), (error: Error) => {
          assert.ok(error instanceof thrown)
          assert.ok(error === refusal || error.cause === refusal)
          return true
        })
        assert.deepEqual(closed.toSorted(), ['broker', 'store'])
        await place.dispose()
      })
    }

    test('can be crashed as well', { timeout: 60_000 }, async () => {
      const place = await makePlace()
      const store = { ...place.engine, openStore: () => Promise.reject(new Error('no disk')) }
      const opening = eventwright({ store, broker: place.engine, run, crashable: true })
      await crash(opening)
      await assert.rejects(opening, CannotOpenApp)
      await place.dispose()
    })
  })
}
