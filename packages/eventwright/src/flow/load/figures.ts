import type { StageFigures } from './latencies.ts'

/** What a load has come to so far, as its driver saw it. */
export interface LoadFigures {
  /** Orders that were begun, and those of them whose command the flow took. */
  readonly sent: number
  readonly accepted: number
  /** Orders that got an error for an answer, or will get none. */
  readonly unanswered: number
  /** Orders whose sagas have ended, by outcome. */
  readonly completed: number
  readonly compensated: number
  /** Orders under way, and those of them that wait for an answer which never comes. */
  readonly open: number
  readonly waiting: number
  /** Commands from outside that were answered with a no, by command and refusal. */
  readonly refusals: Readonly<Record<string, number>>
  /** Commands from outside that got an error for an answer, those of orders too. */
  readonly failed: number
  readonly stages: readonly StageFigures[]
}

/** Before the first order. */
export const NOTHING_YET: LoadFigures = {
  sent: 0,
  accepted: 0,
  unanswered: 0,
  completed: 0,
  compensated: 0,
  open: 0,
  waiting: 0,
  refusals: {},
  failed: 0,
  stages: [],
}
