import type { Flow, Projection } from '../../flow/index.ts'

/** The projections of a service: those whose first event it emits. */
export function projectionsOf(flow: Flow, service: string): readonly Projection[] {
  return [...flow.projections.values()].filter(
    ({ handlers }) => flow.events.get(handlers[0]?.event ?? '')?.service === service,
  )
}
