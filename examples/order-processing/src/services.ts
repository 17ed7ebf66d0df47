import { service } from '@eventwright/core'
import { Fulfilment } from './fulfilment.ts'
import { Order } from './order.ts'
import { Payment } from './payment.ts'
import { OrderSummary, StockLevel } from './read-models.ts'
import { Screening } from './screening.ts'
import { Shipment } from './shipment.ts'
import { Stock } from './stock.ts'

/** Five services in one process: each has topics of its own, so that one can move out later. */
export const services = [
  service('orders', { topic: { name: 'shop.orders', publish: 'all' }, run: [Order] }),
  service('fraud', { topic: { name: 'shop.fraud', publish: 'all' }, run: [Screening] }),
  service('inventory', { topic: { name: 'shop.inventory', publish: 'all' }, run: [Stock] }),
  service('payments', { topic: { name: 'shop.payments', publish: 'all' }, run: [Payment] }),
  service('shipping', { topic: { name: 'shop.shipping', publish: 'all' }, run: [Shipment] }),
  Fulfilment,
  OrderSummary,
  StockLevel,
]
