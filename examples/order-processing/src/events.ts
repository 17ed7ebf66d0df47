import { catalog } from '@eventwright/core'
import { z } from 'zod'

const id = z.string().min(1)
const cents = z.int().min(1)
const count = z.int().min(1)
const line = z.strictObject({ sku: id, quantity: count })
const ofOrder = z.strictObject({ orderId: id })
const held = z.strictObject({ sku: id, orderId: id, quantity: count })

const placed = z.strictObject({
  orderId: id,
  customerId: id,
  lines: z.array(line),
  total: cents,
  note: z.string().optional(),
})

/** What a customer orders. */
export type Purchase = Omit<z.infer<typeof placed>, 'orderId'>
export type Line = z.infer<typeof line>

/** Every event of the shop, with its schema. Version 1 of OrderPlaced called the customer `buyer`. */
export const shop = catalog(
  {
    OrderPlaced: placed,
    OrderConfirmed: ofOrder,
    OrderCancelled: ofOrder.extend({ reason: z.string() }),
    FraudCleared: ofOrder,
    FraudSuspected: ofOrder,
    StockAdded: z.strictObject({ sku: id, quantity: count }),
    StockReserved: held,
    StockReleased: held,
    PaymentRequested: ofOrder.extend({ amount: cents }),
    PaymentAuthorized: ofOrder,
    PaymentDeclined: ofOrder.extend({ reason: z.string() }),
    PaymentVoided: ofOrder,
    ShipmentCreated: ofOrder.extend({ lines: z.array(line) }),
  },
  {
    namespace: 'com.example.shop',
    upcasters: {
      OrderPlaced: {
        1: (old) => {
          const { buyer, ...rest } = z.looseObject({ buyer: z.string() }).parse(old)
          return { ...rest, customerId: buyer }
        },
      },
    },
  },
)
