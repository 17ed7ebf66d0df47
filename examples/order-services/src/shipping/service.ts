import type { ServiceCode } from '../program/serve.ts'
import { Shipment } from './shipment.ts'

export const shipping: ServiceCode = {
  name: 'shipping',
  topic: { name: 'shop.shipping', publish: 'all' },
  run: [Shipment],
}
