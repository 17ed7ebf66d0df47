import { type ScenarioResult, summarise } from '../flow/index.ts'

/** What `run --json` prints: each scenario with its verdict, its differences and what happened. */
export function resultJson(flow: string, results: readonly ScenarioResult[]): object {
  return {
    flow,
    ...summarise(results),
    scenarios: results.map(({ scenario, verdict, milliseconds, happened, judgement }) => ({
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
    })),
  }
}
