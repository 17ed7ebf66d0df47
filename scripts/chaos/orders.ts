import type { Command } from '@eventwright/core'
import { type Random, randomOf } from '../../packages/eventwright/src/flow/load/random.ts'
import { MISSING_SKU, SKUS } from './shop.ts'

/** What those outside do about an order: the gateway once the payment is requested, or the customer. */
export type Ending =
  | 'authorize'
  | 'decline'
  /** The gateway never answers. */
  | 'silent'
  /** The gateway answers when the payment was voided. */
  | 'late'
  /** The customer withdraws while the payment is pending. */
  | 'withdraw'
  /** The flow itself ends it before anybody is asked. */
  | 'none'

export interface Order {
  readonly id: string
  readonly place: Command & { readonly commandId: string }
  readonly ending: Ending
  /** The client sends the command again although it was answered. */
  readonly doubled: boolean
}

const SHARES = [
  ['authorize', 50],
  ['decline', 11],
  ['silent', 5],
  ['late', 5],
  ['withdraw', 6],
  ['fraud', 7],
  ['short', 5],
  ['second short', 5],
  ['refused', 6],
] as const
type Tale = (typeof SHARES)[number][0]

/** The order of this number, from 0: the same one each time. */
export function orderOf(seed: string, number: number): Order {
  const random = randomOf(seed, 'order', number)
  const tale = taleOf(random)
  const id = `o-${number + 1}`
  const data = {
    orderId: id,
    customerId: `c-${random.below(50)}`,
    lines: linesOf(tale, random),
    total: totalOf(tale, random),
  }
  return {
    id,
    place: { type: 'PlaceOrder', aggregate: 'Order', id, data, commandId: `place-${id}` },
    ending: isEnding(tale) ? tale : 'none',
    doubled: random.chance(0.1),
  }
}

function taleOf(random: Random): Tale {
  let left = random.next() * SHARES.reduce((sum, [, share]) => sum + share, 0)
  for (const [tale, share] of SHARES) {
    left -= share
    if (left < 0) return tale
  }
  return 'authorize'
}

function isEnding(tale: Tale): tale is Exclude<Ending, 'none'> & Tale {
  return ['authorize', 'decline', 'silent', 'late', 'withdraw'].includes(tale)
}

function linesOf(tale: Tale, random: Random): readonly { sku: string; quantity: number }[] {
  if (tale === 'refused' && random.chance(0.5)) return []
  const first = random.below(SKUS.length)
  const line = (sku: string) => ({ sku, quantity: 1 + random.below(3) })
  const lines = [line(tale === 'short' ? MISSING_SKU : (SKUS[first] ?? ''))]
  const second = tale === 'second short' ? MISSING_SKU : SKUS[(first + 1) % SKUS.length]
  if (second !== undefined && (tale === 'second short' || random.chance(0.3))) lines.push(line(second))
  return lines
}

function totalOf(tale: Tale, random: Random): number {
  if (tale === 'refused') return 1_000_001
  return (tale === 'fraud' ? 500_001 : 1) + random.below(100_000)
}

/** What those outside say when a payment of the order is requested or voided, if anything. */
export function answerTo(
  event: 'PaymentRequested' | 'PaymentVoided',
  { id, ending }: Order,
): Command | undefined {
  const payment = (type: string, more: object = {}): Command => ({
    type,
    aggregate: 'Payment',
    id,
    data: { orderId: id, ...more },
    commandId: `${type}-${id}`,
  })
  if (event === 'PaymentVoided') return ending === 'late' ? payment('AuthorizePayment') : undefined
  if (ending === 'authorize') return payment('AuthorizePayment')
  if (ending === 'decline') return payment('DeclinePayment', { reason: 'insufficient funds' })
  if (ending !== 'withdraw') return undefined
  return { type: 'WithdrawOrder', aggregate: 'Order', id, data: { orderId: id }, commandId: `withdraw-${id}` }
}
