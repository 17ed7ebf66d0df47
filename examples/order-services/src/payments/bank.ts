import { executeIn } from '@eventwright/core'
import { shop } from './events.ts'
import { Payment } from './payment.ts'

/** As a bank's test system does, it decides by the amount: one that ends in these cents is declined, or not answered. */
const DECLINED = 1
const SILENT = 2

/** Stands for the bank: hears of each payment, and answers it once. */
export const bank = shop.consumer('bank', {
  topics: ['shop.payments'],
  on: {
    async PaymentRequested({ data: { orderId, amount } }, tx) {
      const cents = amount % 100
      if (cents === SILENT) return
      const answer =
        cents === DECLINED
          ? Payment.DeclinePayment(orderId, { reason: 'insufficient funds' })
          : Payment.AuthorizePayment(orderId)
      await executeIn(tx, Payment.definition, answer)
    },
  },
})
