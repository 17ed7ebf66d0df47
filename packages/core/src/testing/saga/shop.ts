import { type AggregateDefinition, buildAggregate, type Command, reject } from '../../aggregate/index.ts'
import { type Catalog, createCatalog } from '../../catalog/index.ts'
import { buildSaga, each, parallel, type SagaDefinition } from '../../saga/index.ts'

type Empty = Record<string, never>

/** The events of the suite's small shop. */
export type ShopEvents = {
  OrderPlaced: { sku: string; quantity: number; lines: readonly { sku: string }[] }
  OrderConfirmed: Empty
  OrderCancelled: { reason: string }
  StockReserved: { orderId: string; quantity: number }
  StockRejected: { orderId: string }
  StockReleased: { orderId: string }
  StockClosed: Empty
  StockOpened: Empty
  PaymentRequested: Empty
  PaymentAuthorized: Empty
  PaymentDeclined: Empty
  PaymentVoided: Empty
}

export const shop: Catalog<ShopEvents> = createCatalog<ShopEvents>({ namespace: 'com.example.shop' })

interface OrderData {
  readonly sku: string
  readonly quantity: number
  readonly lines: readonly { readonly sku: string }[]
}

const Order = buildAggregate<ShopEvents, 'none' | 'placed' | 'confirmed' | 'cancelled'>(shop, 'order', 'none')
  .decide({
    place: (_, data: OrderData) => ({ type: 'OrderPlaced', data }),
    confirm: (state) => (state === 'placed' ? { type: 'OrderConfirmed', data: {} } : reject('NotPlaced')),
    cancel: (state, { reason }: { reason: string }) =>
      state === 'placed' ? { type: 'OrderCancelled', data: { reason } } : [],
  })
  .evolve({
    OrderPlaced: () => 'placed' as const,
    OrderConfirmed: () => 'confirmed' as const,
    OrderCancelled: () => 'cancelled' as const,
  })

interface StockState {
  readonly held: { readonly [orderId: string]: number }
  readonly closed: boolean
}

const CAPACITY = 5

function heldIn({ held }: StockState): number {
  return Object.values(held).reduce((sum, quantity) => sum + quantity, 0)
}

/** Five pieces of each; while it is closed it refuses to release. */
const Stock = buildAggregate<ShopEvents, StockState>(shop, 'stock', { held: {}, closed: false })
  .decide({
    reserve: (state, data: { orderId: string; quantity: number }) => {
      if (state.held[data.orderId] !== undefined) return []
      if (heldIn(state) + data.quantity <= CAPACITY) return { type: 'StockReserved', data }
      return { type: 'StockRejected', data: { orderId: data.orderId } }
    },
    release: (state, data: { orderId: string }) => {
      if (state.closed) return reject('Closed')
      return state.held[data.orderId] === undefined ? [] : { type: 'StockReleased', data }
    },
    close: () => ({ type: 'StockClosed', data: {} }),
    open: () => ({ type: 'StockOpened', data: {} }),
  })
  .evolve({
    StockReserved: (state, { data }) => ({
      ...state,
      held: { ...state.held, [data.orderId]: data.quantity },
    }),
    StockRejected: (state) => state,
    StockReleased: (state, { data }) => {
      const { [data.orderId]: _, ...held } = state.held
      return { ...state, held }
    },
    StockClosed: (state) => ({ ...state, closed: true }),
    StockOpened: (state) => ({ ...state, closed: false }),
  })

type PaymentState = 'none' | 'requested' | 'authorized' | 'declined' | 'voided'

/** Authorized or declined by a gateway, later. */
const Payment = buildAggregate<ShopEvents, PaymentState>(shop, 'payment', 'none')
  .decide({
    request: (state) => (state === 'none' ? { type: 'PaymentRequested', data: {} } : reject('WrongState')),
    authorize: (state) => (state === 'requested' ? { type: 'PaymentAuthorized', data: {} } : []),
    decline: (state) => (state === 'requested' ? { type: 'PaymentDeclined', data: {} } : []),
    void: (state) => (state === 'voided' || state === 'declined' ? [] : { type: 'PaymentVoided', data: {} }),
  })
  .evolve({
    PaymentRequested: () => 'requested' as const,
    PaymentAuthorized: () => 'authorized' as const,
    PaymentDeclined: () => 'declined' as const,
    PaymentVoided: () => 'voided' as const,
  })

/** The aggregates of the shop. */
export const shopAggregates: readonly AggregateDefinition[] = [Order, Stock, Payment].map(
  ({ definition }) => definition,
)

/** Commands from outside, as a test gives them. */
export const order: {
  place(id: string, data?: Partial<OrderData>): Command
  cancel(id: string): Command
} = {
  place: (id, data) => Order.place(id, { sku: 'tea', quantity: 2, lines: [], ...data }),
  cancel: (id) => Order.cancel(id, { reason: 'changed my mind' }),
}

export const stock: {
  reserve(sku: string, orderId: string, quantity: number): Command
  close(sku: string): Command
  open(sku: string): Command
} = {
  reserve: (sku, orderId, quantity) => Stock.reserve(sku, { orderId, quantity }),
  close: (sku) => Stock.close(sku),
  open: (sku) => Stock.open(sku),
}

export const gateway: {
  request(id: string): Command
  authorize(id: string): Command
  decline(id: string): Command
} = {
  request: (id) => Payment.request(id),
  authorize: (id) => Payment.authorize(id),
  decline: (id) => Payment.decline(id),
}

const reserve = {
  do: (o: { readonly key: string; readonly data: OrderData }): Command =>
    Stock.reserve(o.data.sku, { orderId: o.key, quantity: o.data.quantity }),
  undo: (o: { readonly key: string; readonly data: OrderData }): Command =>
    Stock.release(o.data.sku, { orderId: o.key }),
  done: 'StockReserved',
  failed: 'StockRejected',
} as const

const payment = {
  do: (o: { readonly key: string }): Command => Payment.request(o.key),
  undo: (o: { readonly key: string }): Command => Payment.void(o.key),
  done: 'PaymentAuthorized',
  failed: 'PaymentDeclined',
} as const

const end = {
  cancel: 'OrderCancelled',
  completed: (o: { readonly key: string }): Command => Order.confirm(o.key),
  compensated: (o: { readonly key: string }): Command => Order.cancel(o.key, { reason: 'saga' }),
} as const

/** One after the other. */
export const checkout: SagaDefinition = buildSaga(shop, 'checkout', 'OrderPlaced', {
  steps: { reserve: { ...reserve, timeout: '30s' }, payment: { ...payment, timeout: '15m' } },
  ...end,
  stuckAfter: 2,
})

/** Both at once. */
export const together: SagaDefinition = buildSaga(shop, 'together', 'OrderPlaced', {
  steps: {
    both: parallel({ reserve: { ...reserve, timeout: '30s' }, payment: { ...payment, timeout: '15m' } }),
  },
  ...end,
})

/** Two loops whose steps have one name. */
export const loops: SagaDefinition = buildSaga(shop, 'loops', 'OrderPlaced', {
  steps: {
    first: each((o) => o.data.lines, {
      reserve: {
        do: (o) => Stock.reserve(o.item.sku, { orderId: `${o.key}/${o.index}`, quantity: 1 }),
        undo: (o) => Stock.release(o.item.sku, { orderId: `${o.key}/${o.index}` }),
        done: 'StockReserved',
      },
    }),
    second: each((o) => o.data.lines, {
      reserve: {
        do: (o) => Stock.reserve(o.item.sku, { orderId: `${o.key}/again/${o.index}`, quantity: 1 }),
        undo: (o) => Stock.release(o.item.sku, { orderId: `${o.key}/again/${o.index}` }),
        done: 'StockReserved',
      },
    }),
  },
})

/** Its first step sends nothing: it waits for a payment. */
export const waiting: SagaDefinition = buildSaga(shop, 'waiting', 'OrderPlaced', {
  steps: { paid: { done: 'PaymentAuthorized' } },
  completed: (o) => Order.confirm(o.key),
  keepEarly: '1h',
})
