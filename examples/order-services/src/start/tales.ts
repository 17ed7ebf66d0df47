/** An order to place, and how it ends. */
export interface Tale {
  readonly about: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  readonly total: number
  readonly ends: string
}

const mugs = (quantity: number) => ({ sku: 'mug', quantity })
const tea = (quantity: number) => ({ sku: 'tea', quantity })

/** The bank looks at the cents: see payments/bank.ts. */
export const TALES: readonly Tale[] = [
  { about: 'two mugs', lines: [mugs(2)], total: 4200, ends: 'confirmed' },
  { about: 'a mug and three teas', lines: [mugs(1), tea(3)], total: 3300, ends: 'confirmed' },
  { about: 'more mugs than there are', lines: [mugs(1_000_000)], total: 4200, ends: 'cancelled: stock' },
  { about: 'for a suspicious sum', lines: [mugs(1)], total: 600_000, ends: 'cancelled: screen' },
  { about: 'paid with a bad card', lines: [mugs(1), tea(1)], total: 2501, ends: 'cancelled: payment' },
  { about: 'the bank does not answer', lines: [tea(1)], total: 1502, ends: 'cancelled: payment' },
]
