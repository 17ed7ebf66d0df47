import type { PendingEvent } from '../event/index.ts'

interface Handled {
  readonly commandId: string
  readonly stream: string
  /** True when this command id had been decided before: the recorded outcome is given, nothing was applied. */
  readonly duplicate: boolean
}

/** What became of a command. A refusal is an outcome, not an exception. */
export type CommandResult<Event extends PendingEvent = PendingEvent> =
  | (Handled & {
      readonly outcome: 'events'
      readonly events: readonly Event[]
      /** Of the stream, after the last of them. */
      readonly version: number
    })
  | (Handled & { readonly outcome: 'nothing'; readonly version: number })
  | (Handled & { readonly outcome: 'refused'; readonly refusal: string; readonly message?: string })

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
