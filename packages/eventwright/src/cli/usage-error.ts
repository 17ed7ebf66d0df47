import { EventwrightError } from '@eventwright/core'

/** The command line itself is wrong: exit code 3. */
export class UsageError extends EventwrightError {
  readonly code = 'UsageError'
}
