import type { EventStore, Tx } from '../store/index.ts'
import type { SagaEvent } from './events.ts'
import { encodePart } from './names.ts'

const TALLIES = 'eventwright.sagas'

/** What a saga's runs came to, per tenant. */
export interface Tally {
  readonly open: number
  readonly completed: number
  readonly compensated: number
  readonly startsIgnored: number
  readonly answersIgnored: number
  readonly earlyKept: number
  readonly earlyDropped: number
}

const NOTHING: Tally = {
  open: 0,
  completed: 0,
  compensated: 0,
  startsIgnored: 0,
  answersIgnored: 0,
  earlyKept: 0,
  earlyDropped: 0,
}

/** Adds to a saga's tally, at the flush: sagas do not conflict over it. */
export function count(tx: Tx, saga: string, counts: Partial<Tally>): void {
  tx.documents<Tally>(TALLIES).update(encodePart(saga), (before = NOTHING) => add(before, counts))
}

/** Counts what was recorded. */
export function countEvents(tx: Tx, saga: string, events: readonly SagaEvent[]): void {
  const counts = events.map(countsOf).reduce<Tally>(add, NOTHING)
  if (Object.values(counts).some((value) => value !== 0)) count(tx, saga, counts)
}

/** A saga's tally over these tenants. */
export async function tallyOf(store: EventStore, saga: string, tenants: Iterable<string>): Promise<Tally> {
  const tallies = [...tenants].map((tenant) =>
    store.documents<Tally>(TALLIES, { tenant }).get(encodePart(saga)),
  )
  return (await Promise.all(tallies)).reduce<Tally>((sum, tally) => add(sum, tally ?? NOTHING), NOTHING)
}

function countsOf(event: SagaEvent): Partial<Tally> {
  if (event.type === 'eventwright.saga.Started') return { open: 1 }
  if (event.type === 'eventwright.saga.StartIgnored') return { startsIgnored: 1 }
  if (event.type === 'eventwright.saga.AnswerIgnored') return { answersIgnored: 1 }
  if (event.type !== 'eventwright.saga.Ended') return {}
  return event.data.outcome === 'completed' ? { open: -1, completed: 1 } : { open: -1, compensated: 1 }
}

function add(a: Tally, b: Partial<Tally>): Tally {
  return {
    open: a.open + (b.open ?? 0),
    completed: a.completed + (b.completed ?? 0),
    compensated: a.compensated + (b.compensated ?? 0),
    startsIgnored: a.startsIgnored + (b.startsIgnored ?? 0),
    answersIgnored: a.answersIgnored + (b.answersIgnored ?? 0),
    earlyKept: a.earlyKept + (b.earlyKept ?? 0),
    earlyDropped: a.earlyDropped + (b.earlyDropped ?? 0),
  }
}
