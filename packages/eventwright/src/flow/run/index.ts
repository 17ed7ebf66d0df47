export {
  type AdversityFailure,
  type AdversityResult,
  PERTURBATIONS,
  type Perturbation,
  type PerturbationKind,
  perturbationsOf,
  perturbationText,
  UnknownPerturbation,
  UnknownStep,
} from './adversity/index.ts'
export type { Fault } from './fault.ts'
export type { Happened, HappenedEvent, HappenedRefusal, HappenedSaga } from './happened.ts'
export { type Difference, type Judgement, judge } from './judge.ts'
export { type EventMatch, matchEvents } from './match-events.ts'
export type { Act, Answered, Recording } from './recording.ts'
export { type Ended, type RunSummary, type ScenarioResult, summarise, type Verdict } from './result.ts'
export { type RunOptions, runFlow } from './run-flow.ts'
