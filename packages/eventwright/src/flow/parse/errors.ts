import { EventwrightError } from '@eventwright/core'
/** A flow file that cannot be read (exit 4): not there, a directory, too large, not text. */
export class FlowFileError extends EventwrightError {
  readonly code = 'FlowFileError'
  readonly file: string

  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.file = file
  }
}
