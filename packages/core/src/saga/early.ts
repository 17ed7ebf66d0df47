import type { RecordedEvent } from '../event/index.ts'
import type { Tx } from '../store/index.ts'
import type { SagaDefinition } from './definition.ts'
import { encodePart, sagaOwner } from './names.ts'
import { count } from './tally.ts'

const EARLY = 'eventwright.early'
const ONE_DAY = 86_400_000

interface Early {
  readonly events: readonly { readonly event: RecordedEvent; readonly until: number }[]
}

/** The timer of what is kept under a key. Timers of steps have longer ids. */
function earlyTimer(key: string): string {
  return `early/${encodePart(key)}`
}

function earlyId(saga: string, key: string): string {
  return `${encodePart(saga)}/${encodePart(key)}`
}

/** Where what came early is kept. */
export function earlyDocument({ name }: SagaDefinition, key: string): { collection: string; id: string } {
  return { collection: EARLY, id: earlyId(name, key) }
}

/** Keeps an awaited event that came before its saga's start. */
export async function keepEarly(
  tx: Tx,
  definition: SagaDefinition,
  key: string,
  event: RecordedEvent,
): Promise<void> {
  const { name, keepEarly: keep = ONE_DAY } = definition
  const documents = tx.documents<Early>(EARLY)
  const { events } = (await documents.get(earlyId(name, key))) ?? { events: [] }
  if (events.some(({ event: { id } }) => id === event.id)) return
  documents.put(earlyId(name, key), { events: [...events, { event, until: tx.now + keep }] })
  if (events.length === 0) setTimer(tx, name, key, tx.now + keep)
  count(tx, name, { earlyKept: 1 })
}

/** What was kept under a key, for the run that starts now. */
export async function takeEarly(
  tx: Tx,
  { name }: SagaDefinition,
  key: string,
): Promise<readonly RecordedEvent[]> {
  const documents = tx.documents<Early>(EARLY)
  const early = await documents.get(earlyId(name, key))
  if (early === undefined) return []
  documents.delete(earlyId(name, key))
  tx.timers.cancel(sagaOwner(name), earlyTimer(key))
  count(tx, name, { earlyKept: -early.events.length })
  return early.events.map(({ event }) => event)
}

/** Drops what was kept for its time, and counts it. */
export async function dropEarly(tx: Tx, { name }: SagaDefinition, key: string): Promise<number> {
  const documents = tx.documents<Early>(EARLY)
  const { events } = (await documents.get(earlyId(name, key))) ?? { events: [] }
  const left = events.filter(({ until }) => until > tx.now)
  const [next] = left
  if (next === undefined) documents.delete(earlyId(name, key))
  else {
    documents.put(earlyId(name, key), { events: left })
    setTimer(tx, name, key, next.until)
  }
  const dropped = events.length - left.length
  count(tx, name, { earlyKept: -dropped, earlyDropped: dropped })
  return dropped
}

function setTimer(tx: Tx, saga: string, key: string, due: number): void {
  tx.timers.set({ owner: sagaOwner(saga), id: earlyTimer(key), due, data: { key, early: true } })
}
