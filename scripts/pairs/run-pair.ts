import { type Flow, type Perturbation, runFlow, type ScenarioResult } from 'eventwright'
import { eventsOf } from './events-of.ts'
import type { Pair } from './pairs.ts'

/** What a flow came to on a pair of engines. */
export interface PairRun {
  readonly pair: string
  readonly results: readonly ScenarioResult[]
  /** Of each run of a scenario, by its tenant; perturbed runs too. */
  readonly events: ReadonlyMap<string, readonly string[]>
  readonly milliseconds: number
}

export interface PairOptions {
  readonly scenarios?: readonly string[]
  /** What the nth scenario is put through; default nothing. */
  readonly adversity?: (index: number) => readonly Perturbation[]
  readonly onResult?: (result: ScenarioResult) => void
}

/** Runs the scenarios of a flow on the pair, and reads back what was stored. */
export async function runPair(pair: Pair, flow: Flow, options: PairOptions = {}): Promise<PairRun> {
  const { scenarios: chosen, adversity = () => [], onResult } = options
  await using engines = await pair.open()
  const begun = performance.now()
  const results: ScenarioResult[] = []
  for (const [index, { name }] of flow.scenarios.entries()) {
    if (chosen && !chosen.includes(name)) continue
    const { store, broker } = engines
    const [result] = await runFlow(flow, { store, broker, scenarios: [name], adversity: adversity(index) })
    if (!result) continue
    results.push(result)
    onResult?.(result)
  }
  const milliseconds = performance.now() - begun
  const store = await engines.store.openStore()
  try {
    return { pair: pair.name, results, events: await eventsOf(store), milliseconds }
  } finally {
    await store.close()
  }
}
