import type { Check } from './check.ts'
import { SAGA_ENDED, SAGA_STARTED } from './events.ts'
import { type LoggedEvent, partsOf } from './log.ts'
import type { Truth } from './truth.ts'

/** What happened to one order, over all services: how often by type, its stock by article. */
interface OrderTale {
  readonly id: string
  readonly events: readonly LoggedEvent[]
  count(type: string): number
  readonly outcome: 'confirmed' | 'cancelled' | 'neither' | 'both'
}

/** Orders, sagas, stock, payments and shipments against one another. */
export const orderChecks: readonly Check[] = [
  {
    name: 'each order that was accepted is there, and each that was refused is not',
    *offenders(truth, { accepted, refused }) {
      const placed = new Set(
        talesOf(truth)
          .filter((tale) => tale.count('OrderPlaced') > 0)
          .map(({ id }) => id),
      )
      for (const id of accepted) if (!placed.has(id)) yield `${id} is lost`
      for (const id of placed) if (!accepted.has(id)) yield `${id} was not accepted`
      for (const id of refused) if (placed.has(id)) yield `${id} was refused`
    },
  },
  {
    name: 'each order was placed once and has one end',
    *offenders(truth) {
      for (const { id, count, outcome } of talesOf(truth)) {
        if (count('OrderPlaced') !== 1) yield `${id} was placed ${count('OrderPlaced')} times`
        if (outcome === 'neither' || outcome === 'both') yield `${id} is confirmed or cancelled: ${outcome}`
        if (count('OrderConfirmed') > 1 || count('OrderCancelled') > 1) yield `${id} ended twice`
      }
    },
  },
  {
    name: 'each order has one saga, which ended as the order did',
    *offenders(truth) {
      for (const { id, count, outcome, events } of talesOf(truth)) {
        if (count(SAGA_STARTED) !== 1) yield `${id}: ${count(SAGA_STARTED)} sagas were started`
        const ends = events.filter(({ type }) => type === SAGA_ENDED).map(({ data }) => data.outcome)
        const expected = outcome === 'confirmed' ? 'completed' : 'compensated'
        if (ends.join() !== expected) yield `${id} is ${outcome}, its saga ended: ${ends.join() || 'never'}`
      }
    },
  },
  {
    name: 'what is held of the stock is what confirmed orders ask for',
    *offenders(truth) {
      for (const tale of talesOf(truth)) {
        for (const sku of skusOf(tale)) {
          const held = quantityOf(tale, 'StockReserved', sku) - quantityOf(tale, 'StockReleased', sku)
          const wanted = tale.outcome === 'confirmed' ? wantedOf(tale, sku) : 0
          if (held !== wanted)
            yield `${tale.id} is ${tale.outcome}, asked for ${wanted} ${sku} and holds ${held}`
        }
      }
    },
  },
  {
    name: 'each confirmed order is paid, and no other',
    *offenders(truth) {
      for (const { id, count, outcome } of talesOf(truth)) {
        const paid = count('PaymentAuthorized') - count('PaymentVoided')
        const settled = count('PaymentAuthorized') === 1 && count('PaymentVoided') === 0
        if (outcome === 'confirmed' ? !settled : paid > 0)
          yield `${id} is ${outcome}: authorized ${count('PaymentAuthorized')}, voided ${count('PaymentVoided')}`
        if (count('PaymentRequested') > 1) yield `${id}: payment was requested twice`
      }
    },
  },
  {
    name: 'each confirmed order is shipped once, and no other',
    *offenders(truth) {
      for (const { id, count, outcome } of talesOf(truth)) {
        if (count('ShipmentCreated') !== (outcome === 'confirmed' ? 1 : 0))
          yield `${id} is ${outcome} and was shipped ${count('ShipmentCreated')} times`
      }
    },
  },
  {
    name: 'nothing waits for time any more',
    offenders: ({ stores }) =>
      stores.flatMap(({ timers }) => timers.map(({ owner, id }) => `${owner} ${id}`)),
  },
]

function talesOf({ events }: Truth): readonly OrderTale[] {
  const byOrder = Map.groupBy(events, orderIdOf)
  byOrder.delete(undefined)
  return [...byOrder].map(([id = '', own]) => {
    const counts = new Map<string, number>()
    for (const { type } of own) counts.set(type, (counts.get(type) ?? 0) + 1)
    const count = (type: string): number => counts.get(type) ?? 0
    return {
      id,
      events: own,
      count,
      outcome: outcomeOf(count('OrderConfirmed') > 0, count('OrderCancelled') > 0),
    }
  })
}

function outcomeOf(confirmed: boolean, cancelled: boolean): OrderTale['outcome'] {
  if (confirmed) return cancelled ? 'both' : 'confirmed'
  return cancelled ? 'cancelled' : 'neither'
}

/** Stock has streams by article, and names the order in its events; answers say nothing that their events do not. */
function orderIdOf({ stream, data }: LoggedEvent): string | undefined {
  const { kind, key } = partsOf(stream)
  if (kind === 'Stock') return typeof data.orderId === 'string' ? data.orderId : undefined
  return kind.startsWith('command:') ? undefined : key
}

function skusOf({ events }: OrderTale): ReadonlySet<string> {
  const lines = events.flatMap((event) => linesOf(event).map(({ sku }) => sku))
  const stocks = events.filter(({ stream }) => stream.startsWith('Stock-'))
  return new Set([...lines, ...stocks.map(({ stream }) => partsOf(stream).key)])
}

function quantityOf({ events }: OrderTale, type: string, sku: string): number {
  return events
    .filter((event) => event.type === type && partsOf(event.stream).key === sku)
    .reduce((sum, { data }) => sum + Number(data.quantity), 0)
}

function wantedOf({ events }: OrderTale, sku: string): number {
  const placed = events.filter(({ type }) => type === 'OrderPlaced').flatMap(linesOf)
  return placed.filter((line) => line.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0)
}

function linesOf({
  type,
  data,
}: LoggedEvent): readonly { readonly sku: string; readonly quantity: number }[] {
  return type === 'OrderPlaced' && Array.isArray(data.lines) ? data.lines : []
}
