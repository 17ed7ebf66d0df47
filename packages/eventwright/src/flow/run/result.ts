import type { Scenario } from '../model/index.ts'
import type { AdversityResult } from './adversity/index.ts'
import type { Happened } from './happened.ts'
import type { Judgement } from './judge.ts'
import type { Recording } from './recording.ts'

/** `open`: the scenario has no `then`; what happened is shown, nothing is judged. */
export type Verdict = 'passed' | 'failed' | 'open'

/** How one run of a scenario ended. */
export interface Ended {
  readonly scenario: Scenario
  readonly verdict: Verdict
  /** How long it took on the real clock. */
  readonly milliseconds: number
  readonly happened: Happened
  readonly recording: Recording
  /** For a failed one the outcome that came closest; for a passed one that which fitted. */
  readonly judgement?: Judgement
}

/** What one scenario came to. `failed` also where it passes only as long as nothing disturbs it. */
export interface ScenarioResult extends Ended {
  /** What it was put through once it had passed, where that was asked for. */
  readonly adversity?: AdversityResult<Ended>
}

/** What all of them came to. */
export interface RunSummary {
  readonly passed: number
  readonly failed: number
  readonly open: number
}

/** Counts the verdicts. */
export function summarise(results: readonly ScenarioResult[]): RunSummary {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length
  return { passed: count('passed'), failed: count('failed'), open: count('open') }
}
