import { reject } from '@eventwright/core'
import { z } from 'zod'
import { type Purchase, purchase, shop } from './events.ts'

type Status = 'none' | 'placed' | 'confirmed' | 'cancelled'

const LIMIT = 1_000_000
const nothing = z.strictObject({})

export const Order = shop
  .aggregate<{ status: Status }>('Order', { status: 'none' })
  .decide({
    PlaceOrder: ({ status }, wanted: Purchase, { id }) => {
      if (status !== 'none') return reject('WrongState')
      if (wanted.lines.length === 0) return reject('EmptyOrder')
      if (new Set(wanted.lines.map(({ sku }) => sku)).size < wanted.lines.length)
        return reject('DuplicateLine')
      if (wanted.total > LIMIT) return reject('OverLimit')
      return { type: 'OrderPlaced', data: { ...wanted, orderId: id } }
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
  .commands({
    PlaceOrder: purchase,
    WithdrawOrder: nothing,
    ConfirmOrder: nothing,
    CancelOrder: z.strictObject({ reason: z.string() }),
  })
  .evolve({
    OrderPlaced: () => ({ status: 'placed' }),
    OrderConfirmed: () => ({ status: 'confirmed' }),
    OrderCancelled: () => ({ status: 'cancelled' }),
  })
