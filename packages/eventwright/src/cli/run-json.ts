import { type Coverage, type Ended, type ScenarioResult, summarise } from '../flow/index.ts'
import { ordeals } from './run-adversity.ts'
import type { Repeat } from './run-text.ts'

export interface ResultContext {
  readonly flow: string
  readonly repeat: Repeat
  /** Of all scenarios of the file; absent where only some were run. */
  readonly coverage?: Coverage
}

/** What `run --json` prints: each scenario with its verdict, its differences and what happened. */
export function resultJson(results: readonly ScenarioResult[], context: ResultContext): object {
  const { flow, coverage, repeat } = context
  const disturbed = results.some(({ adversity }) => adversity)
  return {
    flow,
    ...summarise(results),
    ...(disturbed ? { adversity: ordeals(results) } : {}),
    ...(coverage ? { coverage } : {}),
    scenarios: results.map((result) => ({ ...endedJson(result), ...adversityJson(result, repeat) })),
  }
}

function adversityJson({ scenario, adversity }: ScenarioResult, repeat: Repeat): object {
  if (!adversity) return {}
  const failures = adversity.failures.map(({ perturbation, ended }) => ({
    perturbation,
    repeat: repeat(scenario.name, perturbation),
    ...endedJson(ended),
  }))
  return { adversity: { steps: adversity.disturbed, failures } }
}

function endedJson({ scenario, verdict, milliseconds, happened, judgement }: Ended): object {
  return {
    name: scenario.name,
    file: scenario.place.file,
    line: scenario.place.line,
    verdict,
    milliseconds: Math.round(milliseconds),
    differences: (judgement?.differences ?? []).map(({ what, message, place }) => ({
      what,
      message,
      file: place.file,
      line: place.line,
      column: place.column,
    })),
    faults: happened.faults.map(({ message, place = scenario.place }) => ({
      message,
      file: place.file,
      line: place.line,
      column: place.column,
    })),
    events: happened.events,
    refusals: happened.refusals,
    sagas: happened.sagas,
    readModel: Object.fromEntries(
      [...happened.rows].map(([projection, rows]) => [projection, Object.fromEntries(rows)]),
    ),
  }
}
