import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory } from '../memory.ts'
import { openWorld } from '../testing/delivery/world.ts'
import { summaryId } from './lane.ts'
import { lookAt } from './look.ts'
import { PARKED, type ParkedSummary } from './parking.ts'
import { relay } from './relay.ts'
import { RELAY } from './relay-parking.ts'
import { tenantsOf } from './tenants.ts'

test('keys that are marked to be redriven are counted over all tenants, for each consumer its own', async () => {
  const engine = memory()
  const world = await openWorld({ store: engine, broker: engine, dispose: async () => {} })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => world.close())
  const { store, start, runtime } = await world.open()
  const relaying = await start(relay(runtime, { route: () => [] }))
  const before = lookAt(store)
  assert.equal(await before.redrives('letters/a'), 0)
  assert.equal(await relaying.idle(), true)

  await tenantsOf(store).remember('t-1')
  for (const [tenant, consumer, redrives] of [
    ['', 'letters', 0],
    ['', 'letters/a', 1],
    ['t-1', 'letters/a', 2],
    ['', RELAY, 1],
  ] as const) {
    await store.transaction(
      (tx) => {
        const parked = tx.documents<ParkedSummary>(PARKED)
        parked.put(summaryId(consumer), { keys: 3, redrives })
        parked.put(`${summaryId(consumer)}/key`, { keys: 0, redrives: 0 })
      },
      { tenant },
    )
  }
  const look = lookAt(store)
  assert.deepEqual(await Promise.all(['letters', 'letters/a', 'nobody'].map(look.redrives)), [0, 3, 0])
  assert.equal(await before.redrives('letters/a'), 0, 'one look says one thing')
  assert.equal(await relaying.idle(), false)
  assert.equal(await relaying.idle(before), true)
})
