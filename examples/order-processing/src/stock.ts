import { reject } from '@eventwright/core'
import { shop } from './events.ts'

interface Held {
  readonly orderId: string
  readonly quantity: number
}

interface Shelf {
  readonly available: number
  readonly holders: readonly string[]
}

/** One stream for each article: two orders for the last mug must meet in one place. */
export const Stock = shop
  .aggregate<Shelf>('Stock', { available: 0, holders: [] })
  .decide({
    AddStock: (_shelf, { quantity }: { quantity: number }, { id }) => ({
      type: 'StockAdded',
      data: { sku: id, quantity },
    }),
    ReserveStock: ({ available }, held: Held, { id }) =>
      held.quantity <= available
        ? { type: 'StockReserved', data: { sku: id, ...held } }
        : reject('NotEnoughStock'),
    ReleaseStock: ({ holders }, held: Held, { id }) =>
      holders.includes(held.orderId) ? { type: 'StockReleased', data: { sku: id, ...held } } : [],
  })
  .evolve({
    StockAdded: (shelf, { data }) => ({ ...shelf, available: shelf.available + data.quantity }),
    StockReserved: ({ available, holders }, { data }) => ({
      available: available - data.quantity,
      holders: [...holders, data.orderId],
    }),
    StockReleased: ({ available, holders }, { data }) => ({
      available: available + data.quantity,
      holders: holders.filter((holder) => holder !== data.orderId),
    }),
  })
