import type { JsonObject } from './payload.ts'
import type { Place } from './place.ts'

/** A service: the aggregates that it owns and the topic that it publishes to. */
export type Service = {
  readonly name: string
  readonly place: Place
  readonly aggregates: readonly string[]
  /** Absent where nothing of the service is heard by anybody. */
  readonly topic?: Topic
}

/**
 * The topic of a service, keyed by the aggregate's id. A service without `topic` whose events a saga of the flow
 * hears gets an internal one, which nobody outside sees and no export shows.
 */
export type Topic = {
  readonly name: string
  readonly service: string
  readonly internal: boolean
  readonly partitions: number
  /** The rest of the topic's settings as written: `retention`, `cleanup`, `replication`, … */
  readonly settings: JsonObject
  /** The events published here: all that are not private; on an internal topic only those that sagas hear. */
  readonly events: readonly string[]
  readonly place: Place
}
