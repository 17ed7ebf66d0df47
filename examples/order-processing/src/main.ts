import process from 'node:process'
import { eventwright } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { Order } from './order.ts'
import { Payment } from './payment.ts'
import { services } from './services.ts'
import { Stock } from './stock.ts'

// An order from placed to shipped, kept in shop.db (or the file that is named).
await using app = await eventwright({
  name: 'shop',
  store: sqlite(process.argv[2] ?? 'shop.db'),
  run: services,
})
const orderId = `o-${Date.now()}`
await app.execute(Stock.AddStock('mug', { quantity: 2 }))
const purchase = { customerId: 'c-1', lines: [{ sku: 'mug', quantity: 2 }], total: 4200 }
const placed = await app.execute(Order.PlaceOrder(orderId, purchase), { commandId: `click-${orderId}` })
process.stdout.write(`PlaceOrder: ${placed.outcome}\n`)
await app.idle()
await app.execute(Payment.AuthorizePayment(orderId))
await app.idle()
process.stdout.write(`${JSON.stringify(await app.documents('OrderSummary').get(orderId))}\n`)
