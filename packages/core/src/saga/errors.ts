import { NewerVersion } from '../delivery/index.ts'
import { EventwrightError } from '../event/index.ts'

/** A saga was declared in a way that cannot work. */
export class InvalidSaga extends EventwrightError {
  readonly code = 'InvalidSaga'
}

/** This process has an older definition than the one that a saga was started with: it leaves that saga to newer ones. */
export class NewerSaga extends NewerVersion {
  constructor(saga: string, key: string, theirs: number, ours: number) {
    super(
      `Saga ${saga} of key ${key} was started by version ${theirs} of its definition, this process has version ${ours}. ` +
        'It waits for a process with that release.',
    )
  }
}

/** A running saga stands at a step that its definition has no more. */
export class SagaStepGone extends EventwrightError {
  readonly code = 'SagaStepGone'

  constructor(saga: string, key: string, path: string, startedWith: number, version: number) {
    super(
      `Saga ${saga} of key ${key} (started with version ${startedWith}) has done or is doing step "${path}", ` +
        `which version ${version} of the definition has no more. ` +
        'Keep a step in the definition until the sagas that run through it have ended, then take it out.',
    )
  }
}

/** An undo or a time-out's command named another stream than the step's command went to. */
export class CommandElsewhere extends EventwrightError {
  readonly code = 'CommandElsewhere'

  constructor(saga: string, step: string, expected: string, given: string) {
    super(
      `Saga ${saga}: a command of step "${step}" goes to ${given}, but the step's own command went to ${expected}. ` +
        'A compensation or a time-out command must go to that stream, so that it is in order with what it answers to.',
    )
  }
}
