import assert from 'node:assert/strict'
import { it } from 'node:test'
import { reject } from '../aggregate/index.ts'
import { UnknownEventType } from '../catalog/index.ts'
import { catalog } from '../domain.ts'
import { InvalidPayload } from '../event/index.ts'
import { aggregateScenario } from './aggregate-scenario.ts'

const sku = { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] }
const shop = catalog<{ OrderPlaced: { sku: string }; OrderConfirmed: {} }>({
  namespace: 'com.example.shop',
  schemas: { OrderPlaced: sku, OrderConfirmed: { type: 'object' } },
})
const Order = shop
  .aggregate('order', { status: 'none' })
  .decide({
    place: (s, c: { sku: string }) =>
      s.status === 'none' ? { type: 'OrderPlaced', data: c } : reject('AlreadyPlaced'),
    confirm: (s) => (s.status === 'placed' ? { type: 'OrderConfirmed', data: {} } : []),
  })
  .commands({ place: sku })
  .evolve({
    OrderPlaced: () => ({ status: 'placed' }),
    OrderConfirmed: () => ({ status: 'confirmed' }),
  })

const place = Order.place('o-1', { sku: 'tea' })
const placed = { type: 'OrderPlaced', data: { sku: 'tea' } } as const
const confirmed = { type: 'OrderConfirmed', data: {} } as const
const order = aggregateScenario(Order)

it('holds where decide gives what is told, one command after the other', () => {
  order
    .when(place)
    .then(placed)
    .when(place)
    .refused('AlreadyPlaced')
    .when(Order.confirm('o-1'))
    .then(confirmed)
  order.given(placed, confirmed).when(Order.confirm('o-1')).nothing()
})

it('fails where decide gives anything else', () => {
  const wrong = [
    () => order.when(place).then(),
    () => order.when(place).then({ type: 'OrderPlaced', data: { sku: 'milk' } }),
    () => order.when(place).then(placed, placed),
    () => order.when(place).nothing(),
    () => order.when(place).refused('AlreadyPlaced'),
    () => order.given(placed).when(place).then(placed),
    () => order.given(placed).when(place).nothing(),
    () => order.given(placed).when(place).refused('Compensated'),
    () => order.when(place).throws(/x/),
  ]
  for (const check of wrong) assert.throws(check, assert.AssertionError)
})

it('refuses what a store would refuse', () => {
  assert.throws(() => order.given({ type: 'OrderPlacd', data: {} }), UnknownEventType)
  assert.throws(() => order.given({ type: 'OrderPlaced', data: {} }), InvalidPayload)
  order.when({ ...place, data: { sku: 1 } }).throws(InvalidPayload)
  order.when({ ...place, data: { sku: 'tea', more: 1 } }).throws(/order\.place: \/more is not in the schema/)
})
