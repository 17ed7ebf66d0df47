import { EventwrightError } from './event/index.ts'
import { shownUrl } from './shown-url.ts'

/** A URL names no engine, or one that cannot do what is asked of it. Nothing was opened. */
export class UnknownEngine extends EventwrightError {
  readonly code = 'UnknownEngine'

  constructor(url: string, why: string) {
    super(`${shownUrl(url) || 'an empty URL'}: ${why}`)
  }
}

/** An engine needs a package that is not installed; the message says which. */
export class EngineNotInstalled extends EventwrightError {
  readonly code = 'EngineNotInstalled'

  constructor(url: string, wanted: string, options?: ErrorOptions) {
    super(
      `${shownUrl(url)} needs the package ${wanted}, which is not installed: npm install ${wanted}`,
      options,
    )
  }
}
