import { type Flow, perturbationText, type RunOptions, runFlow, type ScenarioResult } from '../flow/index.ts'
import { brokenOff } from './broken-off.ts'
import { urlsOf, watchRun } from './engines.ts'
import { runProgress } from './run-progress.ts'

export type RunSettings = Pick<RunOptions, 'store' | 'broker' | 'scenarios' | 'adversity'>

export interface Shown {
  readonly signal: AbortSignal
  readonly verbose: boolean
  /** What becomes of what was written where it is broken off. */
  readonly left: readonly string[]
}

/** Runs the flow's scenarios, and shows how far it is. @throws RunBrokenOff, and what `runFlow` throws */
export async function runShown(
  flow: Flow,
  settings: RunSettings,
  { signal, verbose, left }: Shown,
  show: (result: ScenarioResult) => void,
): Promise<readonly ScenarioResult[]> {
  const shown = runProgress()
  using watch = watchRun(settings)
  const logger = verbose ? (await import('./logger.ts')).stderrLogger() : undefined
  let underWay = false
  return await runFlow(flow, {
    ...settings,
    signal: AbortSignal.any([signal, watch.signal]),
    ...(logger ? { logger } : {}),
    onStart({ name }, index, total) {
      logger?.debug({ scenario: name }, 'scenario begun')
      shown.begin(`${index + 1}/${total} ${name}`)
    },
    onPerturbation(_scenario, perturbation, index, total) {
      underWay = true
      shown.disturb(`${perturbationText(perturbation)} (${index + 1}/${total})`)
    },
    onResult(result) {
      underWay = true
      shown.clear()
      show(result)
    },
  }).catch((error: unknown) => {
    throw brokenOff(error, { urls: urlsOf(settings), underWay, left })
  })
}
