import { reject } from '@eventwright/core'
import { z } from 'zod'
import { shop } from './events.ts'

type Status = 'none' | 'requested' | 'authorized' | 'declined' | 'voided'

const nothing = z.strictObject({})

/** The bank answers when it likes: after the payment was voided, its answer is ignored. */
export const Payment = shop
  .aggregate<{ status: Status }>('Payment', { status: 'none' })
  .decide({
    RequestPayment: ({ status }, { amount }: { amount: number }, { id }) =>
      status === 'none' ? { type: 'PaymentRequested', data: { orderId: id, amount } } : reject('WrongState'),
    AuthorizePayment: ({ status }, _none, { id }) => {
      if (status === 'voided') return []
      return status === 'requested'
        ? { type: 'PaymentAuthorized', data: { orderId: id } }
        : reject('WrongState')
    },
    DeclinePayment: ({ status }, { reason }: { reason: string }, { id }) => {
      if (status === 'voided') return []
      return status === 'requested'
        ? { type: 'PaymentDeclined', data: { orderId: id, reason } }
        : reject('WrongState')
    },
    VoidPayment: ({ status }, _none, { id }) =>
      status === 'declined' || status === 'voided' ? [] : { type: 'PaymentVoided', data: { orderId: id } },
  })
  .commands({
    RequestPayment: z.strictObject({ amount: z.int().min(1) }),
    AuthorizePayment: nothing,
    DeclinePayment: z.strictObject({ reason: z.string() }),
    VoidPayment: nothing,
  })
  .evolve({
    PaymentRequested: () => ({ status: 'requested' }),
    PaymentAuthorized: () => ({ status: 'authorized' }),
    PaymentDeclined: () => ({ status: 'declined' }),
    PaymentVoided: () => ({ status: 'voided' }),
  })
