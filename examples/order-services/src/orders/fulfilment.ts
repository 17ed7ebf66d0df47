import process from 'node:process'
import { each } from '@eventwright/core'
import { shop } from './events.ts'
import { Order } from './order.ts'
import { Payment, Screening, Shipment, Stock } from './others.ts'

/** Seconds that the bank may take; then the payment is voided and the order cancelled. */
const PATIENCE = Number(process.env.BANK_PATIENCE ?? 900)

/** Carries an order from placed to shipped, or undoes what was done. */
export const Fulfilment = shop.saga('Fulfilment', 'OrderPlaced', {
  key: 'orderId',
  cancel: 'OrderCancelled',
  steps: {
    screen: {
      do: ({ key, data }) => Screening.ScreenOrder(key, { total: data.total }),
      done: 'FraudCleared',
      failed: 'FraudSuspected',
    },
    lines: each(({ data }) => data.lines, {
      stock: {
        do: ({ key, item }) => Stock.ReserveStock(item.sku, { orderId: key, quantity: item.quantity }),
        undo: ({ key, item }) => Stock.ReleaseStock(item.sku, { orderId: key, quantity: item.quantity }),
        done: 'StockReserved',
      },
    }),
    payment: {
      do: ({ key, data }) => Payment.RequestPayment(key, { amount: data.total }),
      undo: ({ key }) => Payment.VoidPayment(key),
      done: 'PaymentAuthorized',
      failed: 'PaymentDeclined',
      timeout: `${PATIENCE}s`,
    },
    confirm: { do: ({ key }) => Order.ConfirmOrder(key), done: 'OrderConfirmed' },
    ship: {
      do: ({ key, data }) => Shipment.CreateShipment(key, { lines: data.lines }),
      done: 'ShipmentCreated',
      retry: 'forever',
    },
  },
  compensated: ({ key, failure }) => Order.CancelOrder(key, { reason: failure?.step ?? '' }),
})
