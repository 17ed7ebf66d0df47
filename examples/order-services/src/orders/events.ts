import { catalog } from '@eventwright/core'
import { z } from 'zod'

const id = z.string().min(1)
const cents = z.int().min(1)
const lines = z.array(z.strictObject({ sku: id, quantity: z.int().min(1) }))
const ofOrder = z.strictObject({ orderId: id })

/** What a customer orders. */
export const purchase = z.strictObject({ customerId: id, lines, total: cents, note: z.string().optional() })
export type Purchase = z.infer<typeof purchase>
export type Line = Purchase['lines'][number]

/** What orders says, and what it hears of the others. Version 1 of OrderPlaced called the customer `buyer`. */
export const shop = catalog(
  {
    OrderPlaced: purchase.extend({ orderId: id }),
    OrderConfirmed: ofOrder,
    OrderCancelled: ofOrder.extend({ reason: z.string() }),

    FraudCleared: ofOrder,
    FraudSuspected: ofOrder,
    StockReserved: z.strictObject({ sku: id, orderId: id, quantity: z.int().min(1) }),
    PaymentAuthorized: ofOrder,
    PaymentDeclined: ofOrder.extend({ reason: z.string() }),
    ShipmentCreated: ofOrder.extend({ lines }),
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
