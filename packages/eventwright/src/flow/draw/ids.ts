import type { Flow } from '../model/index.ts'
import { distinct } from './distinct.ts'

/** Who sends the commands that nobody of the flow sends, where the file does not say it. */
export const OUTSIDE = 'outside'

/** The ids that a flow's parts have in a diagram. Their first word keeps them apart from Mermaid's own words. */
export interface Ids {
  actor(name: string): string
  service(name: string): string
  aggregate(name: string): string
  topic(service: string): string
  saga(name: string): string
  projection(name: string): string
}

/** The ids of a flow. The same flow always gives the same ones. */
export function idsOf(flow: Flow): Ids {
  const actors = [OUTSIDE, ...[...flow.commands.values()].flatMap(({ by }) => by ?? [])]
  return {
    actor: named('actor', actors),
    service: named('service', flow.services.keys()),
    aggregate: named('aggregate', flow.aggregates.keys()),
    topic: named('topic', flow.services.keys()),
    saga: named('saga', flow.sagas.keys()),
    projection: named('projection', flow.projections.keys()),
  }
}

function named(kind: string, names: Iterable<string>): (name: string) => string {
  const own = distinct(names, '_')
  return (name) => `${kind}_${own.get(name) ?? ''}`
}
