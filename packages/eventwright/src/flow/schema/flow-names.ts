import { type Flow, NONE } from '../model/index.ts'
import type { KnownNames } from './json-schema.ts'

/** The names that a flow declares, by kind. */
export function namesOf(flow: Flow): KnownNames {
  const states = [...flow.aggregates.values()].flatMap((a) => a.states.map((s) => s.name))
  return {
    aggregate: [...flow.aggregates.keys()],
    command: [...flow.commands.keys()],
    event: [...flow.events.keys()],
    projection: [...flow.projections.keys()],
    saga: [...flow.sagas.keys()],
    service: [...flow.services.keys()],
    state: [NONE, ...new Set(states)],
    type: [...flow.types.keys()],
  }
}
