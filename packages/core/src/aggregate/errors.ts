import { EventwrightError } from '../event/index.ts'

/** The command id was decided in this stream before, for another command. */
export class CommandIdReused extends EventwrightError {
  readonly code = 'CommandIdReused'
  readonly commandId: string

  constructor(stream: string, commandId: string) {
    super(
      `The command id ${commandId} was decided in ${stream} before, with another type or other data. ` +
        'Give each command an id of its own; only a retry has the same.',
    )
    this.commandId = commandId
  }
}

/** A command that the aggregate does not take. */
export class UnknownCommand extends EventwrightError {
  readonly code = 'UnknownCommand'

  constructor(type: string, aggregate: string, known: readonly string[]) {
    super(`The aggregate ${aggregate} takes no command ${type}. It takes: ${known.join(', ')}.`)
  }
}

/** An aggregate that cannot be made as it is written. */
export class InvalidAggregate extends EventwrightError {
  readonly code = 'InvalidAggregate'
}

/** A contract was asked to decide: the command belongs to a service that runs elsewhere. */
export class DecidedElsewhere extends EventwrightError {
  readonly code = 'DecidedElsewhere'

  constructor(aggregate: string, type: string) {
    super(
      `${aggregate}.${type} is decided by another service: this one only has the contract of ${aggregate}. ` +
        'Send the command in a saga, or run the aggregate itself.',
    )
  }
}
