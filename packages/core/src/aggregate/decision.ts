import type { EventMap, NewEvent, NewEventOf } from '../event/index.ts'
import type { Refusal } from './command.ts'
import type { Decision } from './definition.ts'

/** What `decide` may give over a catalog's events. */
export type DecisionOf<Map extends EventMap> =
  | NewEventOf<Map>
  | readonly NewEventOf<Map>[]
  | Refusal
  | undefined

/** The types of the events in what a `decide` returns. */
export type EmittedBy<Returned> = Returned extends readonly (infer Event)[]
  ? EmittedBy<Event>
  : Returned extends { readonly type: infer Type extends string }
    ? Type
    : never

/** The names of the refusals in what a `decide` returns. */
export type RefusedBy<Returned> = Returned extends Refusal<infer Name> ? Name : never

/** True for a refusal. */
export function isRefusal(decision: Decision): decision is Refusal {
  return decision !== undefined && 'refusal' in decision
}

/** The events of a decision that is no refusal. */
export function eventsOf(decision: Exclude<Decision, Refusal>): readonly NewEvent[] {
  if (decision === undefined) return []
  return 'type' in decision ? [decision] : decision
}
