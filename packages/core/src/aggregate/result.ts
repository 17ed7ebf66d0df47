import type { PendingEvent } from '../event/index.ts'
import type { Command, TypedCommand } from './command.ts'

interface Handled {
  readonly commandId: string
  readonly stream: string
  /** True when this command id had been decided before: the recorded outcome is given, nothing was applied. */
  readonly duplicate: boolean
}

/** What became of a command. A refusal is an outcome, not an exception. */
export type CommandResult<Event extends PendingEvent = PendingEvent, Name extends string = string> =
  | (Handled & {
      readonly outcome: 'events'
      readonly events: readonly Event[]
      /** Of the stream, after the last of them. */
      readonly version: number
    })
  | (Handled & { readonly outcome: 'nothing'; readonly version: number })
  | (Handled & {
      readonly outcome: 'refused'
      readonly refusal: Name | typeof COMPENSATED
      readonly message?: string
    })

/** What may become of this command, with the events and refusals that its `decide` gives. */
export type ResultOf<Given extends Command> =
  Given extends TypedCommand<string, unknown, infer Event, infer Name>
    ? CommandResult<Event, Name>
    : CommandResult

/** The refusal of a forward command whose compensation came first. */
export const COMPENSATED = 'Compensated'

/**
 * Recorded in the stream `command:AGGREGATE-ID` after the events of a command that came over a command
 * topic, and published with them: so that a saga hears also of "nothing" and of refusals.
 */
export const COMMAND_HANDLED = 'eventwright.CommandHandled'

export interface CommandHandled {
  readonly commandId: string
  readonly type: string
  readonly aggregate: string
  readonly id: string
  readonly outcome: 'events' | 'nothing' | 'refused'
  readonly refusal?: string
  readonly message?: string
}
