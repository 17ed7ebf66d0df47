import type { ServiceCode } from '../program/serve.ts'
import { Fulfilment } from './fulfilment.ts'
import { Order } from './order.ts'
import { OrderSummary } from './order-summary.ts'
import { others } from './others.ts'

export const orders: ServiceCode = {
  name: 'orders',
  topic: { name: 'shop.orders', publish: 'all' },
  run: [Order, Fulfilment, OrderSummary, ...others],
}
