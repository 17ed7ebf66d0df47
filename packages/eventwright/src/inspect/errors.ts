import { EventwrightError } from '@eventwright/core'

/** The user's code cannot be used: it throws, or contradicts itself. */
export class BrokenCode extends EventwrightError {
  readonly code = 'BrokenCode'
}

/** What was named on the command line is not there. */
export class NotThere extends EventwrightError {
  readonly code = 'NotThere'
}

/** A module that was named cannot be found. */
export class CodeNotFound extends EventwrightError {
  readonly code = 'CodeNotFound'
}

/** What a thrown value says, whoever threw it. */
export function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
