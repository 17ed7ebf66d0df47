import { reject } from '@eventwright/core'
import { z } from 'zod'
import { type Held, held, shop } from './events.ts'

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
    ReserveStock: ({ available }, wanted: Held, { id }) =>
      wanted.quantity <= available
        ? { type: 'StockReserved', data: { sku: id, ...wanted } }
        : reject('NotEnoughStock'),
    ReleaseStock: ({ holders }, back: Held, { id }) =>
      holders.includes(back.orderId) ? { type: 'StockReleased', data: { sku: id, ...back } } : [],
  })
  .commands({
    AddStock: z.strictObject({ quantity: z.int().min(1) }),
    ReserveStock: held,
    ReleaseStock: held,
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
