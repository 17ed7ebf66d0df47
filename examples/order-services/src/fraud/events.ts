import { catalog } from '@eventwright/core'
import { z } from 'zod'

const ofOrder = z.strictObject({ orderId: z.string().min(1) })

export const shop = catalog(
  { FraudCleared: ofOrder, FraudSuspected: ofOrder },
  { namespace: 'com.example.shop' },
)
