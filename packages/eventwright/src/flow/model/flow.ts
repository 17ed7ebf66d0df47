import type { Aggregate, Command, FlowEvent } from './aggregate.ts'
import type { NamedType } from './payload.ts'
import type { Projection } from './projection.ts'
import type { Saga } from './saga.ts'
import type { Scenario } from './scenario.ts'
import type { Service, Topic } from './service.ts'

/**
 * A whole flow, resolved: every name found, every copy written out as a mapping, every expression compiled. All
 * maps are by name and in the file's order.
 */
export type Flow = {
  readonly name: string
  /** The prefix of event types on the wire, `com.example.shop`. */
  readonly namespace: string
  /** The files it was read from, the named ones first, then the imported ones. */
  readonly files: readonly string[]
  readonly types: ReadonlyMap<string, NamedType>
  readonly services: ReadonlyMap<string, Service>
  readonly aggregates: ReadonlyMap<string, Aggregate>
  readonly commands: ReadonlyMap<string, Command>
  readonly events: ReadonlyMap<string, FlowEvent>
  readonly sagas: ReadonlyMap<string, Saga>
  readonly projections: ReadonlyMap<string, Projection>
  readonly scenarios: readonly Scenario[]
  /** By topic name, internal ones included. */
  readonly topics: ReadonlyMap<string, Topic>
}
