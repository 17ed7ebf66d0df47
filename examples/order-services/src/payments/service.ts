import type { ServiceCode } from '../program/serve.ts'
import { Payment } from './payment.ts'

export const payments: ServiceCode = {
  name: 'payments',
  topic: { name: 'shop.payments', publish: 'all' },
  run: [Payment],
}
