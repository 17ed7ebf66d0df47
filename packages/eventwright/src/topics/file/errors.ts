import { EventwrightError } from '@eventwright/core'

/** A topic file cannot be read. */
export class TopicFileError extends EventwrightError {
  readonly code = 'TopicFileError'
}

/** An environment that is not there, or none where there are several. */
export class UnknownEnvironment extends EventwrightError {
  readonly code = 'UnknownEnvironment'
}

/** A flow that has errors, so that its topics are not known. */
export class BrokenFlow extends EventwrightError {
  readonly code = 'BrokenFlow'
}
