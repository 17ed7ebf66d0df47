import type { Flow, Scenario, Stimulus } from '../model/index.ts'

/**
 * The flow with what scenarios send `together` sent one after the other: one of the ways in which it can happen, and
 * the same one each time.
 */
export function serial(flow: Flow): Flow {
  const scenarios = flow.scenarios.map((scenario) => ({
    ...scenario,
    when: scenario.when.flatMap((one): readonly Stimulus[] =>
      one.kind === 'together' ? one.stimuli : [one],
    ),
  }))
  return { ...flow, scenarios }
}

/** Whether a stimulus is the first of some that the scenario sends together. */
export function beginsTogether({ when }: Scenario, stimulus: Stimulus): boolean {
  return when.some((one) => one.kind === 'together' && one.stimuli[0] === stimulus)
}
