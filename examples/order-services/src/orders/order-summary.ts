import type { ProjectionTx } from '@eventwright/core'
import { shop } from './events.ts'

interface Summary {
  readonly customerId: string
  readonly total: number
  readonly status: 'placed' | 'confirmed' | 'cancelled'
  readonly reason?: string
}

const summaries = (tx: ProjectionTx) => tx.documents<Summary>('OrderSummary')

/** What the customer sees. */
export const OrderSummary = shop.projection('OrderSummary', 1, {
  OrderPlaced: ({ data }, tx) =>
    summaries(tx).put(data.orderId, { customerId: data.customerId, total: data.total, status: 'placed' }),
  OrderConfirmed: ({ data }, tx) =>
    summaries(tx).update(data.orderId, (row) => row && { ...row, status: 'confirmed' }),
  OrderCancelled: ({ data }, tx) =>
    summaries(tx).update(data.orderId, (row) => row && { ...row, status: 'cancelled', reason: data.reason }),
})
