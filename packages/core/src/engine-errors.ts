import { EventwrightError } from './event/index.ts'
import { shownUrl } from './shown-url.ts'

/** A URL names no engine, or one that cannot do what is asked of it. Nothing was opened. */
export class UnknownEngine extends EventwrightError {
  readonly code = 'UnknownEngine'

  constructor(url: string, why: string) {
    super(`${shownUrl(url) || 'an empty URL'}: ${why}`)
  }
}
