import type { ServiceCode } from '../program/serve.ts'
import { Screening } from './screening.ts'

export const fraud: ServiceCode = {
  name: 'fraud',
  topic: { name: 'shop.fraud', publish: 'all' },
  run: [Screening],
}
