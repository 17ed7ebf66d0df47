import { isTechnical, type RecordedEvent } from '@eventwright/core'
import { asObject } from '../../compile/plain.ts'
import type { Flow, JsonObject } from '../../model/index.ts'
import { type BalanceCheck, checked, count, newWrongs } from './check.ts'
import type { ExpectedCommand } from './expected-commands.ts'
import { type Quantity, quantitiesOf } from './quantities.ts'
import type { SagaRun } from './saga-run.ts'

export interface QuantityCheck {
  see(event: RecordedEvent): void
  /** A run has completed, and holds what the flow says it takes. */
  completed(run: SagaRun, expected: readonly ExpectedCommand[]): void
  checks(open: readonly SagaRun[]): readonly BalanceCheck[]
}

/** What is taken minus what is given back, over all streams, must be what the completed and the open runs hold. */
export function quantityCheck(flow: Flow): QuantityCheck {
  const ledgers = quantitiesOf(flow).map((quantity) => ({
    quantity,
    taken: 0,
    given: 0,
    owed: 0,
    held: new Map<string, number>(),
  }))

  return {
    see(event) {
      if (isTechnical(event.type)) return
      for (const ledger of ledgers) book(ledger, event)
    },
    completed: ({ saga }, expected) => {
      for (const ledger of ledgers) {
        if (ledger.quantity.saga !== saga) continue
        const own = expected.filter(({ command }) => command === ledger.quantity.command)
        for (const { data } of own) ledger.owed += numberIn(data, ledger.quantity.field)
      }
    },
    checks: (open) => ledgers.filter(({ taken }) => taken > 0).map((ledger) => compare(ledger, open)),
  }
}

interface Ledger {
  readonly quantity: Quantity
  taken: number
  given: number
  /** What the completed runs hold. */
  owed: number
  /** By stream, where it is given back as a whole. */
  readonly held: Map<string, number>
}

function book(ledger: Ledger, { type, stream, data, metadata }: RecordedEvent): void {
  const { saga, field, takes, gives, givesAll, fails } = ledger.quantity
  const ofSaga = typeof metadata.saga === 'string' && metadata.saga.startsWith(`saga:${saga.name}-`)
  if (takes.has(type) && ofSaga) {
    const amount = numberIn(asObject(data), field)
    ledger.taken += amount
    if (givesAll || fails.size > 0) ledger.held.set(stream, (ledger.held.get(stream) ?? 0) + amount)
  } else if (gives.has(type) && ofSaga && !givesAll) {
    ledger.given += numberIn(asObject(data), field)
  } else if ((gives.has(type) && ofSaga) || fails.has(type)) {
    ledger.given += ledger.held.get(stream) ?? 0
    ledger.held.delete(stream)
  }
}

function compare({ quantity, taken, given, owed }: Ledger, runs: readonly SagaRun[]): BalanceCheck {
  const { saga, command, field } = quantity
  const open = runs.filter((run) => run.saga === saga).reduce((sum, run) => sum + heldBy(run, quantity), 0)
  const wrong = newWrongs()
  if (!near(taken - given, owed + open)) {
    wrong.add(`${count(taken - given)} is held, ${count(owed + open)} is what the orders say`)
  }
  const says = `${count(taken)} taken - ${count(given)} given back = ${count(owed)} of completed + ${count(open)} of open ${saga.name}`
  const figures = { taken, given, completed: owed, open }
  return checked({ check: 'quantity', of: `${command}.${field}`, says, figures }, wrong)
}

/** What an open run holds now, by the events that it led to. */
function heldBy({ effects }: SagaRun, { field, takes, gives, givesAll, fails }: Quantity): number {
  const held = new Map<string, number>()
  for (const { type, stream, data } of effects) {
    const before = held.get(stream) ?? 0
    if (takes.has(type)) held.set(stream, before + numberIn(data, field))
    else if (gives.has(type) && !givesAll) held.set(stream, before - numberIn(data, field))
    else if (gives.has(type) || fails.has(type)) held.delete(stream)
  }
  return [...held.values()].reduce((sum, amount) => sum + amount, 0)
}

// Sums of fractions differ in the last digits by the order in which they are added.
function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other))
}

function numberIn(data: JsonObject, field: string): number {
  const value = data[field]
  return typeof value === 'number' ? value : 0
}
