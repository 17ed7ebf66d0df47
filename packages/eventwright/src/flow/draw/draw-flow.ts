import type { Flow } from '../model/index.ts'
import { type RunOptions, runFlow, type ScenarioResult } from '../run/index.ts'
import type { Diagram, Subject } from './diagram.ts'
import { drawOverview } from './overview.ts'
import { drawScenario } from './scenario.ts'
import { serial } from './serial.ts'
import { drawStates } from './states.ts'

/** What was drawn, and how the scenarios ended that were run for it. */
export interface Drawn {
  readonly diagrams: readonly Diagram[]
  readonly results: readonly ScenarioResult[]
}

/**
 * Draws subjects of a flow. A scenario is run for it, so that the picture shows what happens; what it sends
 * together is sent one after the other, and what happens side by side is shown in one order, so that the same flow
 * gives the same pictures. @throws what runFlow throws
 */
export async function drawFlow(
  flow: Flow,
  subjects: readonly Subject[],
  options: Pick<RunOptions, 'signal' | 'onStart'> = {},
): Promise<Drawn> {
  const scenarios = subjects.flatMap(({ kind, name }) => (kind === 'scenario' ? [name] : []))
  const results = scenarios.length === 0 ? [] : await runFlow(serial(flow), { ...options, scenarios })
  const byName = new Map(results.map((result) => [result.scenario.name, result]))
  const diagrams = subjects.map((subject) => ({ ...subject, text: textOf(flow, subject, byName) }))
  return { diagrams, results }
}

function textOf(flow: Flow, { kind, name }: Subject, results: ReadonlyMap<string, ScenarioResult>): string {
  if (kind === 'overview') return drawOverview(flow)
  const aggregate = kind === 'aggregate' ? flow.aggregates.get(name) : undefined
  if (aggregate) return drawStates(flow, aggregate)
  const result = results.get(name)
  if (result) return drawScenario(flow, result)
  throw new RangeError(`the flow has no ${kind} "${name}"`)
}
