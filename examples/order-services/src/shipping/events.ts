import { catalog } from '@eventwright/core'
import { z } from 'zod'

const id = z.string().min(1)

export const lines = z.array(z.strictObject({ sku: id, quantity: z.int().min(1) }))
export type Lines = z.infer<typeof lines>

export const shop = catalog(
  { ShipmentCreated: z.strictObject({ orderId: id, lines }) },
  { namespace: 'com.example.shop' },
)
