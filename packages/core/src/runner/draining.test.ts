import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { RELAY, relay } from '../delivery/index.ts'
import { type Logger, newId, silentLogger, systemClock } from '../event/index.ts'
import { memory } from '../index.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { places } from './fixtures/places.ts'
import { type Place, pay, tillRun } from './fixtures/till.ts'
import type { AppOptions } from './options.ts'

const never = new Promise<void>(() => {})

/** Says which of its parts an app gave up. */
function listener(): { readonly logger: Logger; readonly hanging: () => readonly string[] } {
  const told: string[] = []
  const logger: Logger = {
    debug() {},
    info() {},
    error() {},
    warn(fields) {
      if ('hanging' in fields && Array.isArray(fields.hanging)) told.push(...fields.hanging)
    },
  }
  return { logger, hanging: () => told }
}

/** Payments that are done: by the consumer and by the read model. */
async function counts(app: App): Promise<readonly (number | undefined)[]> {
  await app.idle()
  return [
    await app.store.documents<number>('receipts').get('count'),
    await app.documents<number>('sums').get('sum'),
  ]
}

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`an app that stops on ${engine}`, () => {
    for (const here of ['consumer', 'projection'] as const) {
      test(`gives up a ${here} that hangs, so that another does its work, and what ends late has no effect`, {
        timeout: 60_000,
      }, async () => {
        const place = await makePlace()
        const options: AppOptions = { store: place.engine, run: [], topic: { publish: 'all' } }
        const entered = Promise.withResolvers<void>()
        const gate = Promise.withResolvers<void>()
        const at = (reached: Place): Promise<void> | undefined => {
          if (reached !== here) return undefined
          entered.resolve()
          return gate.promise
        }
        const app = await eventwright({ ...options, run: tillRun(at) })
        await app.execute(pay(1))
        await entered.promise
        await app.stop({ within: 50 })
        await using next = await eventwright({ ...options, run: tillRun(() => {}) })
        assert.deepEqual(await counts(next), [1, 1])
        gate.resolve()
        await next.execute(pay(2))
        assert.deepEqual(await counts(next), [2, 2])
        assert.deepEqual(await next.deadLetters(), [])
        await place.dispose()
      })
    }

    test('does not wait for ever for a broker that takes no answer home', { timeout: 60_000 }, async () => {
      const place = await makePlace()
      const options: AppOptions = { store: place.engine, run: tillRun(() => {}), topic: { publish: 'all' } }
      const sending = Promise.withResolvers<void>()
      const broker = {
        ...place.engine,
        async openBroker(settings: Parameters<typeof place.engine.openBroker>[0]) {
          const opened = await place.engine.openBroker(settings)
          return {
            ...opened,
            publish: () => {
              sending.resolve()
              return never
            },
          }
        },
      }
      const app = await eventwright({ ...options, broker, drain: 50 })
      await app.execute(pay(1))
      await sending.promise
      await app.stop()
      await using next = await eventwright(options)
      assert.deepEqual(await counts(next), [1, 1])
      await place.dispose()
    })

    test('resolves and names what hangs, where even the engines do not close', {
      timeout: 60_000,
    }, async () => {
      const place = await makePlace()
      let real: (() => Promise<void>) | undefined
      const store = {
        ...place.engine,
        async openStore(settings: Parameters<typeof place.engine.openStore>[0]) {
          const opened = await place.engine.openStore(settings)
          real = opened.close
          return { ...opened, close: () => never }
        },
      }
      const { logger, hanging } = listener()
      const app = await eventwright({ store, run: tillRun(() => {}), topic: { publish: 'all' }, logger })
      await app.stop({ within: 0 })
      assert.ok(hanging().includes('the store'))
      await real?.()
      await place.dispose()
    })

    test('lets what is in flight end, and tells those who execute', { timeout: 60_000 }, async () => {
      const place = await makePlace()
      const options: AppOptions = { store: place.engine, run: tillRun(() => {}), topic: { publish: 'all' } }
      const app = await eventwright(options)
      const executing = Array.from({ length: 20 }, (_, till) => app.execute(pay(till)))
      await app.stop()
      for (const { outcome } of await Promise.all(executing)) assert.equal(outcome, 'events')
      await using next = await eventwright(options)
      assert.deepEqual(await counts(next), [20, 20])
      await place.dispose()
    })
  })
}

test('a relay whose send hangs gives its lease back, and publishes nothing more', {
  timeout: 60_000,
}, async () => {
  const sending = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let sends = 0
  const [store, broker] = await Promise.all([memory().openStore(), memory().openBroker()])
  const publish = (): Promise<void> => {
    sends += 1
    sending.resolve()
    return gate.promise
  }
  const component = relay(
    {
      store,
      broker: { ...broker, publish },
      clock: systemClock,
      ids: newId,
      logger: silentLogger,
      random: Math.random,
      instance: 'one',
    },
    { route: ({ id }) => [{ topic: 't', message: { id, key: id, headers: {}, value: '' } }], batch: 1 },
  )
  await store.append('s', [
    { type: 'A', data: 1 },
    { type: 'A', data: 2 },
  ])
  await component.start()
  await sending.promise
  await component.stop(10)
  assert.ok(await store.leases.acquire(RELAY, 'another', 10_000), 'given back')
  gate.resolve()
  await new Promise(setImmediate)
  assert.equal(await store.checkpoint(RELAY), 0, 'what was sent late is sent again by the next')
  assert.equal(sends, 1)
  await broker.close()
  await store.close()
})
