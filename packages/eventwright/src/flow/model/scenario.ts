import type { JsonObject } from './payload.ts'
import type { Place } from './place.ts'

/** A scenario. Without outcomes it is an open question. */
export type Scenario = {
  readonly name: string
  readonly place: Place
  readonly given: readonly GivenEvent[]
  readonly when: readonly Stimulus[]
  /** Empty: an open question. One: `then`. Several: `oneOf`, any of which a race may have. */
  readonly outcomes: readonly Outcome[]
}

/** An event that is there before the first stimulus, with its whole payload; not part of `then`. */
export type GivenEvent = {
  readonly event: string
  readonly id: string
  readonly data: JsonObject
  readonly place: Place
}

export type Stimulus = CommandStimulus | AfterStimulus | TogetherStimulus

/** A command from outside, with its whole payload: omitted fields come from the examples. */
export type CommandStimulus = {
  readonly kind: 'command'
  readonly command: string
  /** The id of the stream. */
  readonly id: string
  readonly data: JsonObject
  /** The command id as written; without it each sending is a command of its own. */
  readonly commandId?: string
  readonly times: number
  readonly place: Place
}

/** The clock moves, stopping at each timer on the way and draining there. */
export type AfterStimulus = { readonly kind: 'after'; readonly ms: number; readonly place: Place }

/** Sent without draining in between. */
export type TogetherStimulus = {
  readonly kind: 'together'
  readonly stimuli: readonly CommandStimulus[]
  readonly place: Place
}

/**
 * What a scenario ends in. `events` and `refusals` are complete, and an omitted one means none; order counts
 * within a stream, and across streams by cause. Technical events are never listed.
 */
export type Outcome = {
  readonly events: readonly ExpectedEvent[]
  readonly refusals: readonly ExpectedRefusal[]
  readonly sagas: readonly ExpectedSaga[]
  readonly rows: readonly ExpectedRow[]
  readonly place: Place
}

/** `data` is a subset of the payload; `times` is always 1: a repeated event stands there twice. */
export type ExpectedEvent = { readonly event: string; readonly data: JsonObject; readonly place: Place }

/** `command` only where the file names it. */
export type ExpectedRefusal = { readonly refusal: string; readonly command?: string; readonly place: Place }

/** `state`: `completed`, `compensated`, or the name of the step where it stands. Without `key` the only one. */
export type ExpectedSaga = {
  readonly saga: string
  readonly key?: string
  readonly state: string
  readonly place: Place
}

/** `fields` is a subset of the row; `null` says that there is no such row. */
export type ExpectedRow = {
  readonly projection: string
  readonly key: string
  readonly fields: JsonObject | null
  readonly place: Place
}
