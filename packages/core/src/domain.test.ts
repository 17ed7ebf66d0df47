import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { catalog, execute, InvalidPayload, memory, mergeCatalogs, reject } from './index.ts'

const namespace = 'com.example.shop'
const schema = z.object({ sku: z.string(), quantity: z.number() })

describe('a catalog', () => {
  it('is made of Standard Schemas alone, of options with them, and of JSON Schemas', () => {
    const json = { OrderPlaced: { type: 'object', properties: { sku: { type: 'string' }, quantity: {} } } }
    const made = [
      catalog({ OrderPlaced: schema }),
      catalog({ OrderPlaced: schema }, { namespace }),
      catalog({ namespace, schemas: { OrderPlaced: schema } }),
      catalog<{ OrderPlaced: { sku: string; quantity: number } }>({ namespace, schemas: json }),
    ]
    assert.deepEqual(
      made.map((shop) => shop.namespace),
      ['local', namespace, namespace, namespace],
    )
    for (const shop of made) {
      assert.deepEqual([...shop.types], ['OrderPlaced'])
      assert.throws(() => shop.prepare({ type: 'OrderPlaced', data: { sku: 1 } }), InvalidPayload)
    }
  })

  it('takes an event type that is called namespace', () => {
    const shop = catalog({ namespace: z.string() })
    assert.deepEqual([...shop.types], ['namespace'])
  })

  it('is one catalog for all that is built on it', () => {
    const shop = catalog({ OrderPlaced: schema })
    const Order = shop
      .aggregate('order', { n: 0 })
      .decide({ place: (_s, c: z.infer<typeof schema>) => ({ type: 'OrderPlaced', data: c }) })
      .evolve({ OrderPlaced: (s) => s })
    const projection = shop.projection('demand', 1, { OrderPlaced: () => undefined })
    const consumer = shop.consumer('mailer', { topics: ['t'], on: { OrderPlaced: () => undefined } })
    const saga = shop.saga('checkout', 'OrderPlaced', { steps: { again: { done: 'OrderPlaced' } } })
    const parts = [Order.definition, projection, consumer, saga]
    assert.equal(mergeCatalogs([shop, ...parts.map((part) => part.catalog)]), shop)
  })
})

it('an aggregate of the chain runs on a store, and a retry changes nothing', async () => {
  const shop = catalog({ OrderPlaced: schema, OrderConfirmed: z.object({}) })
  const Order = shop
    .aggregate<{ status: 'none' | 'placed' | 'confirmed' }>('order', { status: 'none' })
    .decide({
      place: (s, c: { sku: string; quantity: number }) =>
        s.status === 'none' ? { type: 'OrderPlaced', data: c } : reject('AlreadyPlaced'),
      confirm: (s) => (s.status === 'placed' ? { type: 'OrderConfirmed', data: {} } : reject('NotPlaced')),
    })
    .evolve({
      OrderPlaced: (s) => ({ ...s, status: 'placed' }),
      OrderConfirmed: (s) => ({ ...s, status: 'confirmed' }),
    })
  const store = await memory().openStore({ catalog: shop })
  const run = (command: Parameters<typeof execute>[2], commandId: string) =>
    execute(store, Order.definition, command, { commandId })
  const place = Order.place('o-1', { sku: 'tea', quantity: 2 })
  const results = [
    await run(Order.confirm('o-1'), 'click-6'),
    await run(place, 'click-7'),
    await run(place, 'click-7'),
    await run(place, 'click-8'),
    await run(Order.confirm('o-1'), 'click-9'),
  ]
  assert.deepEqual(
    results.map((result) => [
      result.outcome === 'refused' ? result.refusal : result.outcome,
      result.duplicate,
    ]),
    [
      ['NotPlaced', false],
      ['events', false],
      ['events', true],
      ['AlreadyPlaced', false],
      ['events', false],
    ],
  )
  const { events } = await store.read('order-o-1')
  assert.deepEqual(
    events.map(({ type }) => type),
    ['OrderPlaced', 'OrderConfirmed'],
  )
  await store.close()
})

it('the state that aggregates begin with is not shared', async () => {
  const shop = catalog({ Added: z.string() })
  const Basket = shop
    .aggregate('basket', { items: [''] })
    .decide({
      add: (s, c: { sku: string }) => (s.items.includes(c.sku) ? [] : { type: 'Added', data: c.sku }),
    })
    .evolve({
      Added: (s, e) => {
        s.items.push(e.data)
        return s
      },
    })
  const store = await memory().openStore({ catalog: shop })
  for (const id of ['a', 'b']) {
    await execute(store, Basket.definition, Basket.add(id, { sku: 'tea' }))
    assert.equal((await execute(store, Basket.definition, Basket.add(id, { sku: 'tea' }))).outcome, 'nothing')
  }
  assert.equal((await store.read('basket-b')).version, 1)
  await store.close()
})
