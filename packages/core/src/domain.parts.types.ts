import { catalog } from './domain.ts'

// Checked by the compiler, never run: sagas, projections and consumers on a catalog's events.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function holds<_Claim extends true>(): void {}

const shop = catalog<{
  OrderPlaced: { sku: string; quantity: number }
  OrderConfirmed: {}
  OrderCancelled: { reason: string }
  StockReserved: { orderId: string; quantity: number }
  StockRejected: { orderId: string }
  StockReleased: { orderId: string }
}>({ namespace: 'com.example.shop', schemas: './schemas' })

const Order = shop
  .aggregate('order', { open: false })
  .decide({
    confirm: () => ({ type: 'OrderConfirmed', data: {} }),
    cancel: (_s, c: { reason: string }) => ({ type: 'OrderCancelled', data: c }),
  })
  .evolve({ OrderConfirmed: (s) => s, OrderCancelled: (s) => s })

const Stock = shop
  .aggregate('stock', { held: 0 })
  .decide({
    reserve: (_s, c: { orderId: string; quantity: number }) => ({ type: 'StockReserved', data: c }),
    release: (_s, c: { orderId: string }) => ({ type: 'StockReleased', data: c }),
  })
  .evolve({ StockReserved: (s) => s, StockReleased: (s) => s })

const checkout = shop.saga('checkout', 'OrderPlaced', {
  steps: {
    reserve: {
      do: (o) => {
        holds<Equal<typeof o.data, { sku: string; quantity: number }>>()
        return Stock.reserve(o.data.sku, { orderId: o.key, quantity: o.data.quantity })
      },
      undo: (o) => Stock.release(o.data.sku, { orderId: o.key }),
      done: 'StockReserved',
      failed: 'StockRejected',
      timeout: '30s',
    },
    confirm: { do: (o) => Order.confirm(o.key), done: 'OrderConfirmed' },
  },
  compensated: (o) => Order.cancel(o.key, { reason: 'no stock' }),
})

const wrongSagas = {
  // @ts-expect-error: the catalog has no such event
  start: shop.saga('checkout', 'OrderPlacd', { steps: {} }),
  done: shop.saga('checkout', 'OrderPlaced', {
    steps: {
      // @ts-expect-error: the catalog has no such event
      confirm: { do: (o) => Order.confirm(o.key), done: 'OrderConfirmd' },
    },
  }),
  data: shop.saga('checkout', 'OrderPlaced', {
    steps: {
      confirm: {
        // @ts-expect-error: the start has no such field
        do: (o) => Order.confirm(o.data.orderId),
        done: 'OrderConfirmed',
      },
    },
  }),
  command: shop.saga('checkout', 'OrderPlaced', {
    steps: {
      reserve: {
        // @ts-expect-error: the command's quantity is missing
        do: (o) => Stock.reserve(o.data.sku, { orderId: o.key }),
        done: 'StockReserved',
      },
    },
  }),
}

const demand = shop.projection('demand', 1, {
  OrderPlaced: (e, tx) => {
    holds<Equal<typeof e.position, number>>()
    return tx
      .documents<{ quantity: number }>('demand')
      .update(e.data.sku, (d) => ({ quantity: (d?.quantity ?? 0) + e.data.quantity }))
  },
})

const wrongProjections = {
  event: shop.projection('demand', 1, {
    // @ts-expect-error: the catalog has no such event
    OrderPlacd: () => undefined,
  }),
  document: shop.projection('demand', 1, {
    OrderPlaced: (e, tx) =>
      // @ts-expect-error: the document's quantity is a number
      tx.documents<{ quantity: number }>('demand').put(e.data.sku, { quantity: 'two' }),
  }),
  inline: shop.projection(
    'demand',
    1,
    {
      // @ts-expect-error: an inline projection's event has no position yet
      OrderPlaced: (e) => void e.position,
    },
    { inline: true },
  ),
}

const mailer = shop.consumer('mailer', {
  topics: ['shop.events'],
  on: {
    OrderConfirmed: (e, tx) => tx.documents('mails').put(e.stream, { sent: false }),
    // @ts-expect-error: the catalog has no such event
    OrderConfirmd: () => undefined,
  },
})

export const checked: readonly unknown[] = [checkout, wrongSagas, demand, wrongProjections, mailer]
