import { commandNeverSent } from './command-never-sent.ts'
import { commandWithoutState } from './command-without-state.ts'
import { compensationMayBeRefused, lateAnswerRefused } from './compensations.ts'
import { eventCreatesNoState } from './event-creates-no-state.ts'
import { eventNeverEmitted } from './event-never-emitted.ts'
import { eventWithoutEffect } from './event-without-effect.ts'
import type { Rule } from './rule.ts'
import { scenarioNotFromOutside } from './scenario-not-from-outside.ts'
import { stateUnreachable, stateWithoutExit } from './states.ts'
import {
  answerImpossible,
  answerPrivate,
  compensationElsewhere,
  retryWithFail,
  stepNeverDone,
  stepWithoutCompensation,
} from './steps.ts'
import { topicContradiction } from './topics.ts'

/** Every rule of design. Names and types are checked while the file is read. */
export const RULES: readonly Rule[] = [
  eventNeverEmitted,
  eventWithoutEffect,
  eventCreatesNoState,
  commandWithoutState,
  commandNeverSent,
  stateUnreachable,
  stateWithoutExit,
  stepWithoutCompensation,
  compensationElsewhere,
  compensationMayBeRefused,
  lateAnswerRefused,
  stepNeverDone,
  answerImpossible,
  answerPrivate,
  retryWithFail,
  topicContradiction,
  scenarioNotFromOutside,
]
