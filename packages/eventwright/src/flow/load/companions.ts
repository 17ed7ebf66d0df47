import type { Command, Flow, NamedEvent, Saga } from '../model/index.ts'
import { type Alternatives, shared, WEIGHT } from './alternatives.ts'
import { stepsOf } from './saga-steps.ts'

/** One step's worth of commands that begin an aggregate and answer a saga; they carry its key. */
export interface Companion {
  readonly saga: Saga
  readonly alternatives: Alternatives
}

/** By the start of a saga what those outside begin beside it; `creators` are their commands that begin something. */
export function companionsIn(
  flow: Flow,
  creators: readonly Command[],
): ReadonlyMap<string, readonly Companion[]> {
  const found = [...flow.sagas.values()].flatMap((saga) =>
    stepsOf(saga.nodes).map(({ done, fail }) => {
      const emitting = (events: readonly NamedEvent[]) =>
        creators.filter(({ emits }) => events.some(({ event }) => emits.includes(event)))
      const choices = [...shared(emitting(done), WEIGHT.done), ...shared(emitting(fail), WEIGHT.fail)]
      return { saga, alternatives: { choices, silent: WEIGHT.silent, awaited: true } }
    }),
  )
  return Map.groupBy(
    found.filter(({ alternatives }) => alternatives.choices.length > 0),
    ({ saga }) => saga.start,
  )
}
