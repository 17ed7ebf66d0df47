import { service } from '@eventwright/core'
import { type Line, shop } from './events.ts'

/** Screens an order; in the service fraud. */
export const Screening = shop.contract<{ ScreenOrder: { readonly total: number } }>('Screening', [
  'ScreenOrder',
])

interface Held {
  readonly orderId: string
  readonly quantity: number
}

/** Holds articles for an order; in the service inventory. */
export const Stock = shop.contract<{ ReserveStock: Held; ReleaseStock: Held }>('Stock', [
  'ReserveStock',
  'ReleaseStock',
])

/** Asks the bank for the money; in the service payments. */
export const Payment = shop.contract<{
  RequestPayment: { readonly amount: number }
  VoidPayment: Record<never, never>
}>('Payment', ['RequestPayment', 'VoidPayment'])

/** Sends the goods; in the service shipping. */
export const Shipment = shop.contract<{ CreateShipment: { readonly lines: readonly Line[] } }>('Shipment', [
  'CreateShipment',
])

/** Where the commands to the other services go, and where their events come from. */
export const others = [
  service('fraud', { elsewhere: true, topic: { name: 'shop.fraud', publish: 'all' }, run: [Screening] }),
  service('inventory', { elsewhere: true, topic: { name: 'shop.inventory', publish: 'all' }, run: [Stock] }),
  service('payments', { elsewhere: true, topic: { name: 'shop.payments', publish: 'all' }, run: [Payment] }),
  service('shipping', { elsewhere: true, topic: { name: 'shop.shipping', publish: 'all' }, run: [Shipment] }),
]
