import type { ServiceCode } from '../program/serve.ts'
import { Stock } from './stock.ts'
import { StockLevel } from './stock-level.ts'

export const inventory: ServiceCode = {
  name: 'inventory',
  topic: { name: 'shop.inventory', publish: 'all' },
  run: [Stock, StockLevel],
}
