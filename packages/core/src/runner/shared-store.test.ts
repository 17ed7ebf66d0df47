import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { catalog } from '../index.ts'
import { eventually } from '../testing/delivery/world.ts'
import { idle } from '../testing/idle.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { type Place, places } from './fixtures/places.ts'
import { example, placeOrder, receiveStock } from './fixtures/shop.ts'
import { type Service, service } from './service.ts'

// A catalog of another namespace: what is published in its name would be another event.
const office = catalog<{ OrderPlaced: unknown }>({ namespace: 'com.example.office' })
const seen = office.projection('seen', 1, {
  OrderPlaced: (event, tx) => tx.documents<string>('seen').put(event.stream, event.type),
})

const [Order, Stock, checkout] = example

async function types(app: App, stream: string): Promise<readonly string[]> {
  return (await app.store.read(stream)).events.map(({ type }) => type)
}

async function assertFulfilled(app: App, others: readonly App[]): Promise<void> {
  await app.execute(receiveStock(5))
  await app.execute(placeOrder('o-1', 2))
  await idle([app, ...others])
  assert.deepEqual(await types(app, 'order-o-1'), ['OrderPlaced', 'OrderConfirmed'])
  assert.deepEqual(await app.deadLetters(), [])
}

async function runsRelay(app: App): Promise<boolean> {
  return (await app.health()).components.some(({ name, state }) => name === 'relay' && state === 'running')
}

const promises: { readonly [promise: string]: (place: Place) => Promise<void> } = {
  'an app with nothing to publish, which runs the relay, publishes for the others': async ({ engine }) => {
    await using reports = await eventwright({ name: 'reports', store: engine, run: [seen] })
    await eventually(async () => assert.ok(await runsRelay(reports)))
    await using shop = await eventwright({ name: 'shop', store: engine, run: example })
    await assertFulfilled(shop, [reports])
    assert.equal(await reports.documents('seen').get('order-o-1'), 'OrderPlaced')
  },

  'a saga in an app of its own hears the aggregates of another, and commands them': async ({ engine }) => {
    assert.ok(Order && Stock && checkout)
    const elsewhere: Service = service('shop', { run: [Order, Stock], elsewhere: true })
    await using shop = await eventwright({ name: 'shop', store: engine, run: [Order, Stock] })
    await using flow = await eventwright({ name: 'flow', store: engine, run: [checkout, elsewhere] })
    await assertFulfilled(shop, [flow])
  },

  'a process of an older release leaves the commands of new aggregates to a newer one': async ({
    engine,
  }) => {
    assert.ok(Order)
    await using newer = await eventwright({ name: 'shop', store: engine, run: example })
    await using older = await eventwright({ name: 'shop', store: engine, run: [Order] })
    const skus: string[] = []
    // Until the older one has got its partitions, the newer one does all that comes.
    await eventually(async () => {
      const sku = `sku-${skus.length}`
      skus.push(sku)
      await newer.execute(receiveStock(1, sku))
      await newer.execute(placeOrder(`of-${sku}`, 1, sku))
      const { components } = await older.health()
      const left = components.find(({ name }) => name === 'shop')?.detail?.newer
      assert.ok(Number(left) > 0, 'the older process has some of the partitions')
    })
    await older.stop()
    await idle([newer])
    for (const sku of skus) {
      assert.deepEqual(await types(newer, `order-of-${sku}`), ['OrderPlaced', 'OrderConfirmed'])
    }
    assert.deepEqual(await newer.deadLetters(), [])
  },

  'what only says where an aggregate runs does not overrule the app that runs it': async ({ engine }) => {
    assert.ok(Order && Stock && checkout)
    const guess: Service = service('old', { run: [Order, Stock], elsewhere: true })
    // The first one runs the relay, and the last one has the last word.
    await using first = await eventwright({ name: 'first', store: engine, run: [guess, seen] })
    await using shop = await eventwright({ name: 'shop', store: engine, run: example })
    await using last = await eventwright({ name: 'last', store: engine, run: [guess, seen] })
    await assertFulfilled(shop, [first, last])
  },
}

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`apps on one store, on ${engine}`, () => {
    for (const [promise, keep] of Object.entries(promises)) {
      test(promise, { timeout: 120_000 }, async () => {
        const place = await makePlace()
        try {
          await keep(place)
        } finally {
          await place.dispose()
        }
      })
    }
  })
}
