import { catalog } from '@eventwright/core'
import { z } from 'zod'

const ofOrder = z.strictObject({ orderId: z.string().min(1) })

export const shop = catalog(
  {
    PaymentRequested: ofOrder.extend({ amount: z.int().min(1) }),
    PaymentAuthorized: ofOrder,
    PaymentDeclined: ofOrder.extend({ reason: z.string() }),
    PaymentVoided: ofOrder,
  },
  { namespace: 'com.example.shop' },
)
