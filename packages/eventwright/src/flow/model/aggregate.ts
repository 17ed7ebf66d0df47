import type { Expression, Mapping } from './mapping.ts'
import type { Field, JsonObject, Payload } from './payload.ts'
import type { Place } from './place.ts'

/** The state of a stream that does not exist yet. */
export const NONE = 'none'

/** An aggregate with its states, collected from its events' `to`. */
export type Aggregate = {
  readonly name: string
  readonly service: string
  readonly place: Place
  /** The id's field: first in every payload of the aggregate. Its value is the stream's id and the topic key. */
  readonly id: Field
  /** Without `none`, in the order in which the events name them. */
  readonly states: readonly StateName[]
  readonly final: readonly StateName[]
  /** Everything `state` can hold: the events' fields, then the declared ones. */
  readonly fields: readonly Field[]
  /** Names of the fields that the aggregate declares under `state:`; only an event's `set` changes them. */
  readonly declared: readonly string[]
  /** What `state` is before the first event: the declared fields with their initial values. */
  readonly initial: JsonObject
  readonly commands: readonly string[]
  readonly events: readonly string[]
}

/** A state with the place of its first mention. */
export type StateName = { readonly name: string; readonly place: Place }

/**
 * A command. It runs in this order: `ignore` (then nothing happens), the state check (`WrongState`), the lets,
 * the requirements in order (the first that is false refuses with its name), then the first branch whose `when`
 * holds, or `decide`.
 */
export type Command = {
  readonly name: string
  readonly aggregate: string
  readonly service: string
  readonly place: Place
  readonly payload: Payload
  /** Who outside the flow sends it. */
  readonly by?: string
  /** The states that accept it, `none` included. */
  readonly accepts: readonly StateName[]
  readonly ignore: {
    readonly states: readonly StateName[]
    readonly when?: Expression
  }
  readonly requires: readonly Requirement[]
  readonly lets: readonly Let[]
  /** Tried in order, the last one without `when`; empty where `decide` stands. */
  readonly branches: readonly Branch[]
  readonly decide?: DecideFile
  /** `late: refuse`: a late answer may be refused, and the author knows. */
  readonly late?: 'refuse'
  /** Names of the events it may emit, in order of first mention. */
  readonly emits: readonly string[]
  /** Names of the refusals it may give, `WrongState` left out. */
  readonly refuses: readonly string[]
}

export type Requirement = { readonly refusal: string; readonly condition: Expression; readonly place: Place }
export type Let = { readonly name: string; readonly value: Expression; readonly place: Place }

/** One outcome: its events in order, none meaning that nothing happens. */
export type Branch = {
  readonly when?: Expression
  readonly events: readonly Emission[]
  readonly place: Place
}

/** One event to emit with its whole payload, the id included. */
export type Emission = { readonly event: string; readonly data: Mapping; readonly place: Place }

/** `decide: ./file.ts#name`, with the path made absolute. */
export type DecideFile = { readonly path: string; readonly exportName: string; readonly place: Place }

/** An event. */
export type FlowEvent = {
  readonly name: string
  readonly aggregate: string
  readonly service: string
  readonly place: Place
  /** Its name on the wire: `com.example.shop.OrderPlaced.v2`. */
  readonly wireType: string
  readonly version: number
  readonly payload: Payload
  /** The state after it; absent, the state stays. */
  readonly to?: StateName
  /**
   * How it changes `state`: evaluated with `event` and the state before it, then merged over that state. The
   * event's fields come as copies; declared state fields only from `set`.
   */
  readonly evolve: Mapping
  readonly upcasts: readonly Upcast[]
  readonly public: boolean
  readonly private: boolean
}

/** From version `from` to `from + 1`: `{ ...old, ...set }`; after the last one the payload's own fields are kept. */
export type Upcast = { readonly from: number; readonly set: Mapping; readonly place: Place }
