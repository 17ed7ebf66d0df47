import type { Check } from './check.ts'
import { type LoggedEvent, partsOf } from './log.ts'

type Row = { readonly [field: string]: unknown }

/** Read models against the log, worked out anew by what the flow file says of them, in other words. */
export const projectionChecks: readonly Check[] = [
  checkOf('OrderSummary', ({ type, stream, data }, row) => {
    if (!stream.startsWith('Order-')) return undefined
    switch (type) {
      case 'OrderPlaced':
        return { customerId: data.customerId, total: data.total, status: 'placed' }
      case 'OrderConfirmed':
        return { ...row, status: 'confirmed' }
      case 'OrderCancelled':
        return { ...row, status: 'cancelled', reason: data.reason }
    }
    return undefined
  }),
  checkOf('StockLevel', ({ type, stream, data }, row) => {
    if (!stream.startsWith('Stock-')) return undefined
    const sign = type === 'StockReserved' ? -1 : 1
    return { available: Number(row?.available ?? 0) + sign * Number(data.quantity) }
  }),
]

function checkOf(name: string, fold: (event: LoggedEvent, row: Row | undefined) => Row | undefined): Check {
  return {
    name: `${name} is what its events come to`,
    *offenders({ events, stores }) {
      const expected = new Map<string, Row>()
      for (const event of events) {
        const { key } = partsOf(event.stream)
        const row = fold(event, expected.get(key))
        if (row) expected.set(key, row)
      }
      const documents = stores.flatMap((store) => store.documents)
      const found = documents.filter(({ collection }) => collection === `eventwright.projection.${name}@1`)
      const rows = new Map(found.map(({ id, value }): [string, Row] => [id, JSON.parse(value)]))
      for (const [key, row] of expected)
        if (told(rows.get(key)) !== told(row)) yield `${key}: ${told(rows.get(key))}, not ${told(row)}`
      for (const key of rows.keys()) if (!expected.has(key)) yield `${key} has a row and no events`
    },
  }
}

function told(row: Row | undefined): string {
  return row === undefined ? 'no row' : JSON.stringify(Object.fromEntries(Object.entries(row).sort()))
}
