import { EventwrightError } from '@eventwright/core'

/** A topic file cannot be read. */
export class TopicFileError extends EventwrightError {
  readonly code = 'TopicFileError'
}
