import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { demandProjection, openInstance, place } from '../testing/projection/place.ts'
import { caughtUp } from './caught-up.ts'
import { readModel } from './reader.ts'

const order = fc.record({
  tenant: fc.constantFrom('', 'a', 'b'),
  sku: fc.constantFrom('tea', 'mug'),
  quantity: fc.integer({ min: 1, max: 9 }),
  /** The projection is stopped and started again after this order. */
  restart: fc.boolean(),
})

test('whatever comes and whenever it restarts, a read model is the fold of its tenant’s events from zero', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(order, { maxLength: 25 }),
      fc.integer({ min: 1, max: 5 }),
      async (orders, batch) => {
        const engine = memoryStoreEngine()
        const at = { engine, renewEpoch: () => engine.renewEpoch(), dispose: async () => {} }
        const version = { v1: demandProjection(1), v2: demandProjection(2) }
        let running = await openInstance(at, [version.v1], { batch })
        await running.start()
        const expected = new Map<string, number>()
        for (const [index, { tenant, sku, quantity, restart }] of orders.entries()) {
          await place(running.store, `o-${index % 3}`, quantity, sku, tenant)
          expected.set(`${tenant}/${sku}`, (expected.get(`${tenant}/${sku}`) ?? 0) + quantity)
          if (!restart) continue
          await running.stop()
          running = await openInstance(at, [version.v1], { batch })
          await running.start()
        }
        await caughtUp(running.store, 'demand', 1)
        await running.stop()
        const rebuilt = await openInstance(at, [version.v2], { batch })
        const before = await all(rebuilt.store, version.v1)
        await rebuilt.start()
        await rebuilt.idle()
        assert.deepEqual(before, expected)
        assert.deepEqual(await all(rebuilt.store, version.v2), expected)
        await rebuilt.stop()
      },
    ),
    { numRuns: 25 },
  )
})

async function all(
  store: Parameters<typeof readModel>[0],
  definition: ReturnType<typeof demandProjection>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const tenant of ['', 'a', 'b']) {
    const listed = await readModel<{ quantity: number }>(store, [definition], 'demand', { tenant }).list()
    for (const { id, value } of listed) found.set(`${tenant}/${id}`, value.quantity)
  }
  return found
}
