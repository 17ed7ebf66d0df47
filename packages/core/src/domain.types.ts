import { z } from 'zod'
import { AggregateRoot, type CommandResult, execute, type ResultOf, reject } from './aggregate/index.ts'
import { catalog } from './domain.ts'
import type { PendingEventOf } from './event/index.ts'
import type { EventStore } from './store/index.ts'

// Checked by the compiler, never run: what infers without casts, and what must not compile.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function holds<_Claim extends true>(): void {}

type ShopEvents = {
  OrderPlaced: { sku: string; quantity: number }
  OrderConfirmed: {}
  OrderCancelled: { reason: string }
  StockReserved: { orderId: string; quantity: number }
  StockRejected: { orderId: string }
  StockReleased: { orderId: string }
}

const shop = catalog<ShopEvents>({ namespace: 'com.example.shop', schemas: './schemas' })

const chain = shop
  .aggregate<{ status: 'none' | 'placed' | 'confirmed' | 'cancelled' }>('order', { status: 'none' })
  .decide({
    place: (s, c: { sku: string; quantity: number }) =>
      s.status === 'none' ? { type: 'OrderPlaced', data: c } : reject('AlreadyPlaced'),
    confirm: (s) => (s.status === 'placed' ? { type: 'OrderConfirmed', data: {} } : reject('NotPlaced')),
    cancel: (s, c: { reason: string }) => (s.status === 'placed' ? { type: 'OrderCancelled', data: c } : []),
  })

const evolvers = {
  OrderConfirmed: (s: { status: 'none' | 'placed' | 'confirmed' | 'cancelled' }) => s,
  OrderCancelled: (s: { status: 'none' | 'placed' | 'confirmed' | 'cancelled' }) => s,
}

const Order = chain.evolve({
  OrderPlaced: (s, e) => {
    holds<Equal<typeof e.data, { sku: string; quantity: number }>>()
    holds<Equal<typeof s.status, 'none' | 'placed' | 'confirmed' | 'cancelled'>>()
    return { ...s, status: 'placed' }
  },
  OrderConfirmed: (s) => ({ ...s, status: 'confirmed' }),
  OrderCancelled: (s) => ({ ...s, status: 'cancelled' }),
})

export async function inferred(store: EventStore): Promise<void> {
  const place = Order.place('o-1', { sku: 'tea', quantity: 2 })
  const confirm = Order.confirm('o-1')
  holds<Equal<typeof place.type, 'place'>>()
  holds<Equal<typeof place.data, { sku: string; quantity: number }>>()
  holds<Equal<typeof confirm.type, 'confirm'>>()

  const placed = await execute(store, Order.definition, place)
  if (placed.outcome === 'refused') holds<Equal<typeof placed.refusal, 'AlreadyPlaced' | 'Compensated'>>()
  if (placed.outcome === 'events') {
    const [event] = placed.events
    if (event !== undefined) holds<Equal<typeof event.type, 'OrderPlaced'>>()
    if (event !== undefined) holds<Equal<typeof event.data, { sku: string; quantity: number }>>()
  }
  const cancelled: ResultOf<ReturnType<typeof Order.cancel>> = await execute(
    store,
    Order.definition,
    Order.cancel('o-1', { reason: 'x' }),
  )
  if (cancelled.outcome === 'refused') holds<Equal<typeof cancelled.refusal, 'Compensated'>>()
  const result: CommandResult = placed

  // @ts-expect-error: a refused result has no events until the outcome is looked at
  result.events
  // @ts-expect-error: there is no such refusal
  if (placed.outcome === 'refused' && placed.refusal === 'NotPlaced') return
  // @ts-expect-error: the quantity is a number
  Order.place('o-1', { sku: 'tea', quantity: '2' })
  // @ts-expect-error: the quantity is missing
  Order.place('o-1', { sku: 'tea' })
  // @ts-expect-error: place has data
  Order.place('o-1')
  // @ts-expect-error: confirm has none
  Order.confirm('o-1', { sku: 'tea' })
  // @ts-expect-error: there is no such command
  Order.ship('o-1')
}

// The state is inferred from the initial value, several events from one command, data that may be left out.
const Stock = shop
  .aggregate('stock', { onHand: 0, held: 0 })
  .decide({
    reserve: (s, c: { orderId: string; quantity: number }) => {
      holds<Equal<typeof s, { onHand: number; held: number }>>()
      if (s.onHand < c.quantity) return { type: 'StockRejected', data: { orderId: c.orderId } }
      return [
        { type: 'StockReserved', data: c },
        { type: 'StockReleased', data: { orderId: c.orderId } },
      ]
    },
    release: (_s, c?: { orderId: string }) =>
      c === undefined ? undefined : { type: 'StockReleased', data: c },
  })
  .commands({ reserve: z.object({ orderId: z.string(), quantity: z.number() }) })
  .snapshots({ every: 100, version: 1 })
  .evolve({
    StockReserved: (s, e) => ({ ...s, held: s.held + e.data.quantity }),
    StockRejected: (s) => s,
    StockReleased: (s) => ({ ...s, held: 0 }),
    // An older event that no command gives any longer.
    OrderPlaced: (s) => s,
  })
Stock.release('tea')
Stock.release('tea', { orderId: 'o-1' })

// A command that looks at its own id and at no data, and one whose data may be left out.
const Note = shop
  .aggregate('note', { n: 0 })
  .decide({
    confirm: (_s, _c, { id }) => (id === '' ? [] : { type: 'OrderConfirmed', data: {} }),
    cancel: (_s, { reason = 'none' }: { reason?: string }) => ({ type: 'OrderCancelled', data: { reason } }),
  })
  .evolve({ OrderConfirmed: (s) => s, OrderCancelled: (s) => s })
Note.confirm('1')
Note.cancel('1')
Note.cancel('1', { reason: 'x' })
// @ts-expect-error: it looks at no data
Note.confirm('1', {})
// @ts-expect-error: the reason is text
Note.cancel('1', { reason: 1 })

const wrong = {
  unknownEvent: shop.aggregate('a', { n: 0 }).decide({
    // @ts-expect-error: the catalog has no such event
    go: () => ({ type: 'OrderPlacd', data: { sku: 'tea', quantity: 1 } }),
  }),
  wrongData: shop.aggregate('a', { n: 0 }).decide({
    // @ts-expect-error: the event's sku is a string
    go: () => ({ type: 'OrderPlaced', data: { sku: 1, quantity: 1 } }),
  }),
  wrongDataInAList: shop.aggregate('a', { n: 0 }).decide({
    go: () => [
      { type: 'OrderConfirmed', data: {} },
      // @ts-expect-error: this event needs a reason
      { type: 'OrderCancelled', data: {} },
    ],
  }),
  neitherEventNorRefusal: shop.aggregate('a', { n: 0 }).decide({
    // @ts-expect-error: text is no decision
    go: () => 'no',
  }),
  reserved: shop.aggregate('a', { n: 0 }).decide({
    // @ts-expect-error: the name is taken by the aggregate's definition
    definition: () => [],
  }),
  missingHandler: chain.evolve(
    // @ts-expect-error: OrderPlaced is not handled
    evolvers,
  ),
  unknownHandler: chain.evolve({
    ...evolvers,
    OrderPlaced: (s) => s,
    // @ts-expect-error: the catalog has no such event
    OrderPlacd: (s) => s,
  }),
  wrongState: chain.evolve({
    ...evolvers,
    // @ts-expect-error: there is no such status
    OrderPlaced: (s) => ({ ...s, status: 'paid' }),
  }),
  wrongField: chain.evolve({
    ...evolvers,
    // @ts-expect-error: the event has no such field
    OrderPlaced: (s, e) => (e.data.price > 0 ? s : s),
  }),
  schemaOfNoCommand: chain.commands({
    // @ts-expect-error: there is no such command
    ship: { type: 'object' },
  }),
  initial: shop.aggregate<{ status: 'none' | 'placed' }>('a', {
    // @ts-expect-error: there is no such status
    status: 'new',
  }),
}

// Payload types from Standard Schemas, in both places where they can stand.
const byZod = catalog({ OrderPlaced: z.object({ sku: z.string() }) }, { namespace: 'com.example.shop' })
byZod.aggregate('order', { n: 0 }).decide({
  place: (_s, c: { sku: string }) => ({ type: 'OrderPlaced', data: c }),
  // @ts-expect-error: the schema's sku is a string
  wrong: () => ({ type: 'OrderPlaced', data: { sku: 2 } }),
})
const inOptions = catalog({ namespace: 'x', schemas: { OrderPlaced: z.object({ sku: z.string() }) } })
inOptions.aggregate('order', { n: 0 }).decide({
  // @ts-expect-error: the schema's sku is a string
  wrong: () => ({ type: 'OrderPlaced', data: { sku: 2 } }),
})

// Generated types are interfaces.
interface Generated {
  OrderPlaced: { sku: string }
}
catalog<Generated>({ namespace: 'x' })
  .aggregate('order', { n: 0 })
  .decide({ place: (_s, c: { sku: string }) => ({ type: 'OrderPlaced', data: c }) })
  .evolve({ OrderPlaced: (s, e) => ({ n: s.n + e.data.sku.length }) })
  .place('o-1', { sku: 'tea' })

// Without types every event goes.
catalog({ namespace: 'x' })
  .aggregate('any', { n: 0 })
  .decide({ go: (_s, c: { x: number }) => ({ type: 'Anything', data: c }) })
  .evolve({ Anything: (s) => s })
  .go('1', { x: 1 })

// Upcasters only for events that there are.
catalog<ShopEvents>({
  namespace: 'x',
  upcasters: {
    OrderPlaced: { 1: (old) => old },
    // @ts-expect-error: there is no such event
    OrderPlacd: { 1: (old) => old },
  },
})

class OrderRoot extends AggregateRoot<ShopEvents> {
  private status: 'none' | 'placed' = 'none'

  place(data: { sku: string; quantity: number }) {
    if (this.status !== 'none') return reject('AlreadyPlaced')
    this.raise('OrderPlaced', data)
  }

  confirm(): void {
    this.raise('OrderConfirmed', {})
    // @ts-expect-error: the event has no such data
    this.raise('OrderCancelled', { why: 'x' })
    // @ts-expect-error: the catalog has no such event
    this.raise('OrderConfirmd', {})
  }

  count(): number {
    return 1
  }

  protected override when(event: PendingEventOf<ShopEvents>): void {
    if (event.type === 'OrderPlaced') this.status = event.data.quantity > 0 ? 'placed' : 'none'
  }
}

export async function classes(store: EventStore): Promise<void> {
  const Rooted = shop.fromClass('order', OrderRoot, ['place', 'confirm'])
  Rooted.confirm('o-1')
  const placed = await execute(store, Rooted.definition, Rooted.place('o-1', { sku: 'tea', quantity: 1 }))
  if (placed.outcome === 'refused') holds<Equal<typeof placed.refusal, 'AlreadyPlaced' | 'Compensated'>>()
  // @ts-expect-error: the quantity is missing
  Rooted.place('o-1', { sku: 'tea' })
  // @ts-expect-error: it was not declared as a command
  Rooted.count('o-1')
  // @ts-expect-error: what it gives is no refusal
  shop.fromClass('order', OrderRoot, ['count'])
  // @ts-expect-error: there is no such method
  shop.fromClass('order', OrderRoot, ['ship'])
}

export const checked: readonly unknown[] = [wrong]

const Parcel = shop.contract<{
  PackParcel: { orderId: string }
  LabelParcel: { note?: string }
  LoseParcel: Record<never, never>
}>('Parcel', ['PackParcel', 'LabelParcel', 'LoseParcel'])

export function contracted(): readonly unknown[] {
  const pack = Parcel.PackParcel('p-1', { orderId: 'o-1' })
  holds<Equal<typeof pack.type, 'PackParcel'>>()
  holds<Equal<typeof pack.data, { orderId: string }>>()
  // @ts-expect-error: the order is missing
  Parcel.PackParcel('p-1')
  // @ts-expect-error: it takes no such field
  Parcel.LabelParcel('p-1', { text: 'fragile' })
  // @ts-expect-error: it has no such command
  shop.contract<{ PackParcel: Record<never, never> }>('Parcel', ['SendParcel'])
  const timed = shop.aggregate('timed', {}).decide({
    note: (_state, _none, { now }) => {
      holds<Equal<typeof now, number>>()
      return []
    },
  })
  return [pack, Parcel.LabelParcel('p-1'), Parcel.LoseParcel('p-1'), timed]
}
