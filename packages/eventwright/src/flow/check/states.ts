import { NONE, type StateName } from '../model/index.ts'
import { lifeOf, reachable } from './life.ts'
import type { Rule } from './rule.ts'

export const stateUnreachable: Rule = {
  code: 'state-unreachable',
  *find(flow) {
    for (const aggregate of flow.aggregates.values()) {
      const transitions = lifeOf(flow, aggregate)
      const reached = reachable(transitions)
      for (const state of aggregate.states) {
        // An event that nobody emits is a finding of its own.
        if (reached.has(state.name) || !transitions.some((t) => t.to === state.name)) continue
        yield {
          place: state.place,
          message: `\`${aggregate.name}\` never gets to \`${state.name}\`.`,
          mend: `Let a command lead to it from \`${NONE}\` or from a state that is reached.`,
        }
      }
    }
  },
}

export const stateWithoutExit: Rule = {
  code: 'state-without-exit',
  *find(flow) {
    for (const aggregate of flow.aggregates.values()) {
      const transitions = lifeOf(flow, aggregate)
      const accepted = new Set(transitions.map((t) => t.from))
      const isFinal = (state: StateName): boolean => aggregate.final.some((f) => f.name === state.name)
      for (const state of aggregate.states) {
        if (isFinal(state) || accepted.has(state.name)) continue
        if (!transitions.some((t) => t.to === state.name)) continue
        yield {
          place: state.place,
          message: `No command leads \`${aggregate.name}\` out of \`${state.name}\`, and it is not final.`,
          mend: `Add it to \`final:\`, or accept a command in it.`,
        }
      }
    }
  },
}
