import type {
  AggregateDefinition,
  ConsumerDefinition,
  ProjectionDefinition,
  SagaDefinition,
} from '@eventwright/core'

/** A part of a service, as it is defined. */
export type Part = AggregateDefinition | SagaDefinition | ProjectionDefinition | ConsumerDefinition

/** The parts that a flow or a module declares, by name. */
export interface Code {
  /** The file that they come from. */
  readonly origin: string
  readonly aggregates: ReadonlyMap<string, AggregateDefinition>
  readonly sagas: ReadonlyMap<string, SagaDefinition>
  readonly projections: ReadonlyMap<string, ProjectionDefinition>
  readonly consumers: ReadonlyMap<string, ConsumerDefinition>
}

/** Names as a sentence has them, for "it has: …". */
export function listed(names: Iterable<string>): string {
  return [...names].sort().join(', ') || 'none'
}
