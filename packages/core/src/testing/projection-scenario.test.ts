import assert, { AssertionError } from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalog } from '../catalog/index.ts'
import { buildProjection, ProjectionFaulted } from '../projection/index.ts'
import { projectionScenario } from './projection-scenario.ts'

const shop = createCatalog<{ OrderPlaced: { sku: string; quantity: number } }>({
  namespace: 'com.example.shop',
})
const demand = buildProjection(shop, 'demand', 1, {
  OrderPlaced(event, tx) {
    if (event.data.quantity < 0) throw new Error('less than nothing')
    tx.documents<number>('demand').update(event.data.sku, (sum = 0) => sum + event.data.quantity)
  },
})
const placed = (sku: string, quantity: number) => ({ type: 'OrderPlaced', data: { sku, quantity } })

test('a projection scenario compares all documents', async () => {
  await projectionScenario(demand)
    .given(placed('tea', 2), { ...placed('mug', 1), stream: 'order-2' }, placed('tea', 3))
    .then({ tea: 5, mug: 1 })
  await assert.rejects(projectionScenario(demand).given(placed('tea', 2)).then({}), AssertionError)
})

test('a projection scenario tells of the event that the handler cannot take', async () => {
  await assert.rejects(projectionScenario(demand).given(placed('tea', -1)).then({}), (error: Error) => {
    assert.ok(error instanceof ProjectionFaulted)
    return /less than nothing/.test(error.message)
  })
})
