import { isDeepStrictEqual } from 'node:util'
import type { Flow, Mapping, Saga, Source, Step } from '../../model/index.ts'
import { stepsOf } from '../saga-steps.ts'

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
