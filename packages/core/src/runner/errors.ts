import { EventwrightError } from '../event/index.ts'

/** What was given to `run` does not fit together. */
export class InvalidTopology extends EventwrightError {
  readonly code = 'InvalidTopology'
}

/** A command names an aggregate that no service of the app has, or that runs elsewhere. */
export class UnknownTarget extends EventwrightError {
  readonly code = 'UnknownTarget'
}

/** The app's parts cannot be opened; `cause` says why. Whatever was open already is closed again. */
export class CannotOpenApp extends EventwrightError {
  readonly code = 'CannotOpenApp'
}

/** The app was used after its end. */
export class AppStopped extends EventwrightError {
  readonly code = 'AppStopped'

  constructor(app: string, call: string) {
    super(`${call} was called on the app ${app}, which has stopped: open it again with eventwright({ … }).`)
  }
}

/** `idle()` waited in vain. */
export class NotIdle extends EventwrightError {
  readonly code = 'NotIdle'
  /** Components that still had something to do. */
  readonly busy: readonly string[]

  constructor(busy: readonly string[], milliseconds: number) {
    super(
      `The app is not idle after ${milliseconds} ms: ${busy.join(', ') || 'commits keep coming in'}. ` +
        'See health() for what they do, or wait longer (timeout).',
    )
    this.busy = busy
  }
}

/** The clock was to be moved in an app that follows the machine's. */
export class ClockNotVirtual extends EventwrightError {
  readonly code = 'ClockNotVirtual'

  constructor() {
    super(
      'This app follows the real clock: open it with eventwright({ …, virtualClock: true }) to move time.',
    )
  }
}
