import assert from 'node:assert/strict'
import { it } from 'node:test'
import { catalog, eventwright, executeIn, memory, reject } from './index.ts'

const shop = catalog<{ OrderPlaced: { total: number }; OrderConfirmed: {} }>({
  namespace: 'com.example.shop',
})

const Order = shop
  .aggregate<{ status: 'none' | 'placed' | 'confirmed' }>('order', { status: 'none' })
  .decide({
    place: (s, c: { total: number }) =>
      s.status === 'none' ? { type: 'OrderPlaced', data: c } : reject('AlreadyPlaced'),
    confirm: (s) => (s.status === 'placed' ? { type: 'OrderConfirmed', data: {} } : reject('NotPlaced')),
  })
  .evolve({ OrderPlaced: () => ({ status: 'placed' }), OrderConfirmed: () => ({ status: 'confirmed' }) })

it('a consumer decides a command in the transaction of its message: all of it happens, or nothing', async () => {
  let tries = 0
  const approval = shop.consumer('approval', {
    topics: ['orders.events'],
    retry: { attempts: 5, backoff: 1 },
    on: {
      OrderPlaced: async (e, tx) => {
        tries += 1
        const confirm = { ...Order.confirm(e.stream.replace('order-', '')), commandId: `${e.id}/confirm` }
        const result = await executeIn(tx, Order.definition, confirm)
        tx.documents('approvals').put(`${e.id}-${tries}`, {
          outcome: result.outcome,
          duplicate: result.duplicate,
        })
        if (tries === 1) throw new Error('after the command was decided')
      },
    },
  })
  await using app = await eventwright({
    name: 'orders',
    store: memory(),
    run: [Order, approval],
    topic: { publish: ['OrderPlaced'] },
  })
  await app.execute(Order.place('o-1', { total: 900 }))
  // A retry that waits for its time is rest; it is due in a millisecond.
  while (tries < 2) await app.idle()
  await app.idle()

  const { events } = await app.store.read('order-o-1')
  assert.deepEqual(
    events.map(({ type }) => type),
    ['OrderPlaced', 'OrderConfirmed'],
  )
  const approvals = await app.documents('approvals').list()
  assert.deepEqual(
    approvals.map(({ value }) => value),
    [{ outcome: 'events', duplicate: false }],
    'the first try left nothing, not even the record of its command',
  )
})
