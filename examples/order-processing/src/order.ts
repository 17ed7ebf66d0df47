import { reject } from '@eventwright/core'
import { type Purchase, shop } from './events.ts'

type Status = 'none' | 'placed' | 'confirmed' | 'cancelled'

const LIMIT = 1_000_000

export const Order = shop
  .aggregate<{ status: Status }>('Order', { status: 'none' })
  .decide({
    PlaceOrder: ({ status }, purchase: Purchase, { id }) => {
      if (status !== 'none') return reject('WrongState')
      if (purchase.lines.length === 0) return reject('EmptyOrder')
      if (new Set(purchase.lines.map(({ sku }) => sku)).size < purchase.lines.length)
        return reject('DuplicateLine')
      if (purchase.total > LIMIT) return reject('OverLimit')
      return { type: 'OrderPlaced', data: { ...purchase, orderId: id } }
    },
    WithdrawOrder: ({ status }, _none, { id }) =>
      status === 'placed'
        ? { type: 'OrderCancelled', data: { orderId: id, reason: 'withdrawn' } }
        : reject('WrongState'),
    ConfirmOrder: ({ status }, _none, { id }) =>
      status === 'placed' ? { type: 'OrderConfirmed', data: { orderId: id } } : reject('WrongState'),
    CancelOrder: ({ status }, { reason }: { reason: string }, { id }) => {
      if (status === 'cancelled') return []
      return status === 'placed'
        ? { type: 'OrderCancelled', data: { orderId: id, reason } }
        : reject('WrongState')
    },
  })
  .evolve({
    OrderPlaced: () => ({ status: 'placed' }),
    OrderConfirmed: () => ({ status: 'confirmed' }),
    OrderCancelled: () => ({ status: 'cancelled' }),
  })
