import { EventwrightError } from '@eventwright/core'
import type { Place } from '../model/index.ts'

/** A `decide:` file that cannot be loaded, throws, or gives what its command does not list. A failure, never a refusal. */
export class DecideError extends EventwrightError {
  readonly code = 'DecideError'
  readonly place: Place
  /** The message without the place. */
  readonly reason: string

  constructor(place: Place, reason: string, options?: ErrorOptions) {
    super(`${place.file}:${place.line}:${place.column}: ${reason}`, options)
    this.place = place
    this.reason = reason
  }
}
