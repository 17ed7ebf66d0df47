import { lifeOf } from '../check/index.ts'
import { type Aggregate, type Flow, NONE, type Transition } from '../model/index.ts'
import { distinct } from './distinct.ts'
import { label } from './label.ts'

/**
 * The life of an aggregate: its states, and what leads from one to the other, command / event. What is refused or
 * ignored leads nowhere and is left out.
 */
export function drawStates(flow: Flow, aggregate: Aggregate): string {
  const states = aggregate.states.map(({ name }) => name).filter((name) => name !== NONE)
  const own = distinct(states, '_')
  const id = (state: string): string => (state === NONE ? '[*]' : `in_${own.get(state) ?? ''}`)
  return [
    'stateDiagram-v2',
    ...states.map((state) => `  state "${label(state)}" as ${id(state)}`),
    ...(states.length === 0 ? ['  state "none" as in_none'] : []),
    ...[...between(lifeOf(flow, aggregate)).values()].map((arrows) => {
      const [{ from, to }] = arrows
      return `  ${id(from)} --> ${id(to)} : ${[...new Set(arrows.map(reason))].join('<br/>')}`
    }),
    ...aggregate.final.map(({ name }) => `  ${id(name)} --> [*]`),
    '',
  ].join('\n')
}

type Some = readonly [Transition, ...Transition[]]

/** The transitions from one state to another, by both; an event that creates no state leaves nothing to draw. */
function between(transitions: readonly Transition[]): ReadonlyMap<string, Some> {
  const result = new Map<string, Some>()
  for (const transition of transitions) {
    if (transition.to === NONE) continue
    const key = `${transition.from} ${transition.to}`
    result.set(key, [...(result.get(key) ?? []), transition])
  }
  return result
}

function reason({ command, event }: Transition): string {
  return `${label(command)} / ${label(event)}`
}
