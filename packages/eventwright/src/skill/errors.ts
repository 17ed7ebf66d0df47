import { EventwrightError } from '@eventwright/core'

/** A path that leads out of the folder that it must stay in, or a link where a file is expected. */
export class UnsafePath extends EventwrightError {
  readonly code = 'UnsafePath'
}

/** `skills-lock.json` cannot be understood, and is left as it is. */
export class BrokenLockFile extends EventwrightError {
  readonly code = 'BrokenLockFile'
}

/** There is no agent of this name. */
export class UnknownAgent extends EventwrightError {
  readonly code = 'UnknownAgent'
}

/** The skill's own files, or the command that goes with them, are not where they should be. */
export class SkillNotFound extends EventwrightError {
  readonly code = 'SkillNotFound'
}

/** Another install works on the same folder and does not come to its end. */
export class InstallBusy extends EventwrightError {
  readonly code = 'InstallBusy'
}

/** An install or a removal that broke off. */
export class InstallFailed extends EventwrightError {
  readonly code = 'InstallFailed'
  /** Everything is as it was before; if not, the message says what is not. */
  readonly isUndone: boolean

  constructor(message: string, isUndone: boolean, cause: unknown) {
    super(message, { cause })
    this.isUndone = isUndone
  }
}
