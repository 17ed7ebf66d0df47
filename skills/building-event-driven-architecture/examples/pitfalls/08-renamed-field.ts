// Version 1 of OrderPlaced called the customer `buyer`, version 2 `customerId`; version 3 adds a currency. What is
// stored never changes. A release that knows versions 1 and 2 still runs beside one that knows 3.
import { DatabaseSync } from 'node:sqlite'
import { pitfall, type Result } from './lab.ts'

type Payload = Readonly<Record<string, string>>
interface Release {
  readonly knows: number
  /** Turns the payload of a version into that of the next. */
  readonly upcasters: Readonly<Record<number, (old: Payload) => Payload>>
  readonly waitsForNewer: boolean
}

const upcasters: Release['upcasters'] = {
  1: ({ buyer = '', ...rest }) => ({ ...rest, customerId: buyer }),
  2: (old) => ({ ...old, currency: 'EUR' }),
}

function openLog(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  db.exec('CREATE TABLE log (position INTEGER PRIMARY KEY, version INTEGER, data TEXT)')
  const append = db.prepare('INSERT INTO log (version, data) VALUES (?, ?)')
  append.run(1, JSON.stringify({ orderId: 'o-1', buyer: 'ada' }))
  append.run(2, JSON.stringify({ orderId: 'o-2', customerId: 'ada' }))
  append.run(3, JSON.stringify({ orderId: 'o-3', customerId: 'ada', currency: 'USD' }))
  return db
}

/** Orders by customer, read from where the checkpoint stands. Gives the new checkpoint. */
function project(db: DatabaseSync, release: Release, orders: Map<string, string[]>, after: number): number {
  let checkpoint = after
  for (const row of db.prepare('SELECT * FROM log WHERE position > ? ORDER BY position').all(after)) {
    const version = Number(row.version)
    if (version > release.knows && release.waitsForNewer) return checkpoint
    checkpoint = Number(row.position)
    if (version > release.knows) continue
    const { customerId = 'undefined', orderId = '' } = current(JSON.parse(String(row.data)), version, release)
    orders.set(customerId, [...(orders.get(customerId) ?? []), orderId])
  }
  return checkpoint
}

/** From the version that it was written in, step by step, to the newest one that this release knows. */
function current(data: Payload, version: number, { knows, upcasters }: Release): Payload {
  const steps = Array.from({ length: knows - version }, (_, step) => upcasters[version + step])
  return steps.reduce((payload, upcast) => upcast?.(payload) ?? payload, data)
}

/** The older release takes what it can, then the newer one takes over at its checkpoint. */
function rollOut(older: Release, newer: Release): Result {
  const db = openLog()
  const orders = new Map<string, string[]>()
  const checkpoint = project(db, older, orders, 0)
  project(db, newer, orders, checkpoint)
  const found = [...orders.values()].flat().length
  return {
    figures: {
      'orders of ada': orders.get('ada')?.length ?? 0,
      'orders of a customer named undefined': orders.get('undefined')?.length ?? 0,
      'orders that nobody took': 3 - found,
    },
    story: [
      'o-1 (version 1): customerId is not there',
      'o-2 (version 2): ada',
      'o-3 (version 3): unknown to the older release, which goes past it',
    ],
  }
}

await pitfall({
  title: '8. A renamed field: old events no longer say what they said',
  naive: () =>
    rollOut(
      { knows: 2, upcasters: {}, waitsForNewer: false },
      { knows: 3, upcasters: {}, waitsForNewer: false },
    ),
  mended: () =>
    rollOut({ knows: 2, upcasters, waitsForNewer: true }, { knows: 3, upcasters, waitsForNewer: true }),
  should: { 'orders of ada': 3, 'orders of a customer named undefined': 0, 'orders that nobody took': 0 },
  fails: { 'orders of ada': 1, 'orders of a customer named undefined': 1, 'orders that nobody took': 1 },
  eventwright: 'upcasters in the catalog, `upcast:` in the flow; an event of a newer version waits.',
})
