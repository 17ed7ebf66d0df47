import type { PendingEvent } from '../event/index.ts'

/** A command as data: what callers give, sagas send, brokers carry and idempotency compares. */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type
  /** The aggregate's name: with `id` it names the stream. */
  readonly aggregate: string
  readonly id: string
  readonly data: Data
  /** Makes it idempotent in its stream; `execute` gives a UUIDv7 where there is none. */
  readonly commandId?: string
  readonly correlationId?: string
  readonly causationId?: string
  readonly tenant?: string
  /** Set on a compensation: the forward command, which the target refuses from then on. */
  readonly compensates?: string
  /** Set by a saga: its stream, so that its commands can be told from those from outside. */
  readonly saga?: string
}

/** A command as `decide` sees it. */
export interface CommandAt extends Command {
  /** Milliseconds since 1970 on the app's clock. */
  readonly now: number
}

/** A command that a definition's creator made: it knows the events and refusals that may come of it. */
export interface TypedCommand<
  Type extends string = string,
  Data = unknown,
  Event extends PendingEvent = PendingEvent,
  Name extends string = string,
> extends Command<Type, Data> {
  /** Only for inference; never set. */
  readonly may?: { readonly event: Event; readonly refusal: Name }
}

/** A business "no": the command was understood and nothing happens. Recorded as its outcome. */
export interface Refusal<Name extends string = string> {
  readonly refusal: Name
  readonly message?: string
}

/** Says no in `decide`: `reject('AlreadyPlaced')`. */
export function reject<const Name extends string>(name: Name, message?: string): Refusal<Name> {
  return message === undefined ? { refusal: name } : { refusal: name, message }
}
