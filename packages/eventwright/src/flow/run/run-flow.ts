import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrokerEngine, Logger, StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { compileFlow, loadDeciders } from '../compile/index.ts'
import type { Flow, Scenario } from '../model/index.ts'
import type { ScenarioResult } from './result.ts'
import { type Engines, runScenario } from './scenario.ts'
import { freeTenant } from './tenant.ts'

export interface RunOptions {
  /** Keeps what happened, each scenario under a tenant of its own; default a temporary SQLite file a scenario. */
  readonly store?: StoreEngine
  readonly broker?: BrokerEngine
  /** Only these, by name; default all. */
  readonly scenarios?: readonly string[]
  /** Called before each scenario. */
  readonly onStart?: (scenario: Scenario, index: number, total: number) => void
  /** Called after each, in the order of the file. */
  readonly onResult?: (result: ScenarioResult) => void
  readonly logger?: Logger
}

/**
 * Runs a flow's scenarios one after the other. @throws DecideError where a `decide:` file cannot be loaded, and
 * what opening the engines throws
 */
export async function runFlow(flow: Flow, options: RunOptions = {}): Promise<readonly ScenarioResult[]> {
  const compiled = compileFlow(flow, await loadDeciders(flow))
  const chosen = flow.scenarios.filter(({ name }) => options.scenarios?.includes(name) ?? true)
  const results: ScenarioResult[] = []
  for (const [index, scenario] of chosen.entries()) {
    options.onStart?.(scenario, index, chosen.length)
    const result = await withEngines(scenario, options, (engines) =>
      runScenario(compiled, scenario, engines, options.logger),
    )
    results.push(result)
    options.onResult?.(result)
  }
  return results
}

async function withEngines<Result>(
  scenario: Scenario,
  { store, broker }: RunOptions,
  work: (engines: Engines) => Promise<Result>,
): Promise<Result> {
  const folder = store && broker ? undefined : await mkdtemp(join(tmpdir(), 'eventwright-'))
  try {
    const temporary = (name: string) => sqlite(join(folder ?? '', `${name}.db`))
    const tenant = store ? await freeTenant(store, scenario.name) : ''
    return await work({ store: store ?? temporary('store'), broker: broker ?? temporary('broker'), tenant })
  } finally {
    if (folder) await rm(folder, { recursive: true, force: true })
  }
}
