import type { Expression, Mapping, Source } from './mapping.ts'
import type { Place } from './place.ts'

/** A saga. It runs once a key at a time. */
export type Saga = {
  readonly name: string
  readonly place: Place
  /** The event that starts it. */
  readonly start: string
  /** The name of the key, and the field that holds it in each event that the saga hears. */
  readonly key: { readonly name: string; readonly place: Place; readonly fields: ReadonlyMap<string, string> }
  readonly nodes: readonly SagaNode[]
  readonly completed?: Send
  readonly compensated?: Send
  /** Events that fail the saga from outside: what is done or pending is compensated. */
  readonly cancel: readonly NamedEvent[]
  /** Every event that it listens to: start, answers, cancellations. */
  readonly hears: readonly string[]
}

export type SagaNode = Step | Parallel | Each | Wait

/**
 * A step. With `send` an event counts as its answer if the step's command caused it, or if it stands in the
 * stream that the command went to, was caused by a command from outside (`by:`) and carries the saga's key.
 * Without `send` it waits for its `done`.
 */
export type Step = {
  readonly kind: 'step'
  readonly name: string
  readonly place: Place
  readonly send?: Send
  readonly done: readonly NamedEvent[]
  readonly fail: readonly NamedEvent[]
  /** `none` is written out; absent means that the file says nothing, which is a finding. */
  readonly compensate?: 'none' | Send
  readonly timeout?: Timeout
  readonly retry?: Retry
}

/** All at once; done when all are. */
export type Parallel = {
  readonly kind: 'parallel'
  readonly place: Place
  readonly nodes: readonly SagaNode[]
}

/** Once for each element of `list`, one after the other; `item` and `index` are in scope. */
export type Each = {
  readonly kind: 'each'
  readonly place: Place
  readonly list: Expression
  readonly nodes: readonly SagaNode[]
}

/** Waits for time. Its name is the step's, or `wait`. */
export type Wait = {
  readonly kind: 'wait'
  readonly name: string
  readonly place: Place
  readonly ms: number
}

/** A command to send: the stream's id and the whole payload (the id included). */
export type Send = {
  readonly command: string
  readonly id: Source
  readonly data: Mapping
  readonly place: Place
}

export type NamedEvent = { readonly event: string; readonly place: Place }

/**
 * `then` a command: it is sent to the step's stream and the step goes on waiting for its answer, which that
 * command may now cause.
 */
export type Timeout = {
  readonly ms: number
  readonly then: 'compensate' | 'continue' | Send
  readonly place: Place
}

/** `forever` retries until done. `backoffMs` is the first pause; it doubles up to a minute. */
export type Retry = { readonly times: number | 'forever'; readonly backoffMs: number; readonly place: Place }
