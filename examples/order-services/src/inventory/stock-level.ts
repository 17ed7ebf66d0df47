import type { ProjectionTx } from '@eventwright/core'
import { shop } from './events.ts'

function move(tx: ProjectionTx, sku: string, quantity: number): void {
  tx.documents<{ available: number }>('StockLevel').update(sku, (row) => ({
    available: (row?.available ?? 0) + quantity,
  }))
}

/** What the warehouse sees. */
export const StockLevel = shop.projection('StockLevel', 1, {
  StockAdded: ({ data }, tx) => move(tx, data.sku, data.quantity),
  StockReserved: ({ data }, tx) => move(tx, data.sku, -data.quantity),
  StockReleased: ({ data }, tx) => move(tx, data.sku, data.quantity),
})
