import { EventwrightError } from '@eventwright/core'

/** No command of the flow comes from outside and begins something. */
export class NothingToLoad extends EventwrightError {
  readonly code = 'NothingToLoad'

  constructor(flow: string) {
    super(
      `The flow ${flow} has no command from outside that begins it: a load has nothing to send. ` +
        'Give the command that begins it `by: WHO` and `in: none`.',
    )
  }
}
