import { isDeepStrictEqual } from 'node:util'
import { isTechnical, type RecordedEvent } from '@eventwright/core'
import { asObject } from '../../compile/plain.ts'
import type { Flow, JsonObject, Mapping, Saga, Source, Step } from '../../model/index.ts'
import { stepsOf } from '../plan.ts'
import { type BalanceCheck, checked, count, newWrongs } from './check.ts'
import type { ExpectedCommand } from './expected-commands.ts'
import type { SagaRun } from './saga-run.ts'

/** A quantity that one command of a saga takes, and its compensation gives back. */
export interface Quantity {
  readonly saga: Saga
  readonly command: string
  readonly field: string
  /** Events that take it, by that command. */
  readonly takes: ReadonlySet<string>
  /** Events that give it back, by the compensation: so much as their field says, or all where they have none. */
  readonly gives: ReadonlySet<string>
  readonly givesAll: boolean
  /** Events that say that the step failed: what it took is given back. */
  readonly fails: ReadonlySet<string>
}

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

/** The quantities of a flow: numbers that a command carries, its events copy, and its compensation gives back alike. */
export function quantitiesOf(flow: Flow): readonly Quantity[] {
  const found = [...flow.sagas.values()].flatMap((saga) =>
    stepsOf(saga.nodes).flatMap((step) => quantitiesOfStep(flow, saga, step)),
  )
  // Two steps that send one command are one account.
  return [...new Map(found.map((one) => [`${one.saga.name} ${one.command} ${one.field}`, one])).values()]
}

function quantitiesOfStep(flow: Flow, saga: Saga, step: Step): readonly Quantity[] {
  const { send, compensate } = step
  if (!send || compensate === undefined || compensate === 'none') return []
  const forward = flow.commands.get(send.command)
  const back = flow.commands.get(compensate.command)
  if (!forward || !back || forward.decide || back.decide) return []
  const numeric = forward.payload.fields.filter(({ type }) => type.kind === 'int' || type.kind === 'double')
  return numeric.flatMap(({ name: field }) => {
    const takes = copying(flow, forward.name, field)
    const gives = copying(flow, back.name, field)
    const givesAll = gives.size === 0
    if (takes.size === 0 || (!givesAll && !alike(send.data, compensate.data, field))) return []
    const fails = new Set(step.fail.map(({ event }) => event))
    const backs = givesAll ? new Set(back.emits) : gives
    if ([...takes].some((event) => backs.has(event) || fails.has(event))) return []
    return [{ saga, command: forward.name, field, takes, gives: backs, givesAll, fails }]
  })
}

/** The events of a command that carry its field as it is. */
function copying(flow: Flow, command: string, field: string): ReadonlySet<string> {
  const emissions = flow.commands.get(command)?.branches.flatMap(({ events }) => events) ?? []
  return new Set(
    emissions
      .filter(({ data }) =>
        isDeepStrictEqual(sourceOf(data, field), { from: 'field', variable: 'cmd', field }),
      )
      .map(({ event }) => event),
  )
}

/** Forward and back carry the same amount. */
function alike(one: Mapping, other: Mapping, field: string): boolean {
  const [forward, back] = [sourceOf(one, field), sourceOf(other, field)]
  if (forward?.from === 'expression' && back?.from === 'expression') {
    return forward.expression.source === back.expression.source
  }
  return forward !== undefined && isDeepStrictEqual(forward, back)
}

function sourceOf(data: Mapping, field: string): Source | undefined {
  return data.find((mapped) => mapped.field === field)?.source
}

function numberIn(data: JsonObject, field: string): number {
  const value = data[field]
  return typeof value === 'number' ? value : 0
}
