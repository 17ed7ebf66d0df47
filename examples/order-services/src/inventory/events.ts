import { catalog } from '@eventwright/core'
import { z } from 'zod'

const id = z.string().min(1)
const count = z.int().min(1)

/** What an order holds, or held, of an article. */
export const held = z.strictObject({ orderId: id, quantity: count })
export type Held = z.infer<typeof held>

export const shop = catalog(
  {
    StockAdded: z.strictObject({ sku: id, quantity: count }),
    StockReserved: held.extend({ sku: id }),
    StockReleased: held.extend({ sku: id }),
  },
  { namespace: 'com.example.shop' },
)
