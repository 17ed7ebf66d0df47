import type { Flow, FlowEvent } from '../model/index.ts'
import type { Rule } from './rule.ts'

export const eventWithoutEffect: Rule = {
  code: 'event-without-effect',
  *find(flow) {
    for (const event of flow.events.values()) {
      if (event.public || changesState(event) || isHeard(flow, event.name)) continue
      yield {
        place: event.place,
        message: `\`${event.name}\` changes no state, and nobody hears it.`,
        mend: 'Give it `to:`, let a saga or a projection hear it, or declare `public: true`.',
      }
    }
  },
}

/** Its `to` and what it sets count; that every event leaves its fields in `state` does not. */
function changesState(event: FlowEvent): boolean {
  return event.to !== undefined || event.evolve.some((mapped) => mapped.written)
}

function isHeard(flow: Flow, event: string): boolean {
  const bySaga = [...flow.sagas.values()].some((saga) => saga.hears.includes(event))
  return bySaga || [...flow.projections.values()].some((p) => p.handlers.some((h) => h.event === event))
}
