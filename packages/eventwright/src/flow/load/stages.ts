import type { Flow } from '../model/index.ts'
import type { LoadPlan } from './plan.ts'
import { stepsOf } from './saga-steps.ts'

export const FLOW_COMPLETED = 'flow completed'
export const FLOW_COMPENSATED = 'flow compensated'

/** What is measured, in the order in which it is shown: commands from outside, steps of sagas, whole flows. */
export function stagesOf(flow: Flow, { starters, companions, answers }: LoadPlan): readonly string[] {
  const beside = [...companions.values()].flat().map(({ alternatives }) => alternatives)
  const answering = [...beside, ...answers.values()].flatMap(({ choices }) => choices)
  const steps = [...flow.sagas.values()].flatMap(({ nodes }) => stepsOf(nodes))
  return [
    ...starters.map(({ name }) => name),
    ...new Set(answering.map(({ command }) => command.name)),
    ...new Set(steps.map(({ name }) => `step ${name}`)),
    FLOW_COMPLETED,
    FLOW_COMPENSATED,
  ]
}
