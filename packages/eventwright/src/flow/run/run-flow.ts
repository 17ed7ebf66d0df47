import { join } from 'node:path'
import { type BrokerEngine, memory, type StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { type CompiledFlow, compileFlow, loadDeciders, type WrittenServices } from '../compile/index.ts'
import type { Flow, Scenario } from '../model/index.ts'
import { type Perturbation, type Perturbed, UnknownStep, withstand } from './adversity/index.ts'
import { runPool } from './pool.ts'
import type { Ended, ScenarioResult } from './result.ts'
import { type Engines, runScenario, type ScenarioOptions } from './scenario.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { freeTenant, newTenant } from './tenant.ts'

export interface RunOptions extends Omit<ScenarioOptions, 'perturbation'> {
  /** Keeps what happened, each scenario under a tenant of its own; default a temporary SQLite file a scenario. */
  readonly store?: StoreEngine
  readonly broker?: BrokerEngine
  /** Only these, by name; default all. */
  readonly scenarios?: readonly string[]
  /**
   * Services written by hand, by their name in the flow: their aggregates, sagas and projections take the place of
   * the flow's own of the same name, and the flow plays the rest of the system.
   */
  readonly written?: WrittenServices
  /**
   * Under each of these every scenario that passes runs again, and must end in the same `then`; default none.
   * `perturbationsOf()` gives all. Each run has an engine of its own in memory where no other is given. An open question has no `then`, so it is not run again.
   */
  readonly adversity?: readonly Perturbation[]
  /** Called before each scenario. */
  readonly onStart?: (scenario: Scenario, index: number, total: number) => void
  /** Called before each perturbation of a scenario, of which there are `total`. */
  readonly onPerturbation?: (
    scenario: Scenario,
    perturbation: Perturbation,
    index: number,
    total: number,
  ) => void
  /** Called after each, in the order of the file. */
  readonly onResult?: (result: ScenarioResult) => void
}

/** Scenarios on files of their own wait for timers and disks more than they compute. */
const AT_ONCE = 4

/**
 * Runs a flow's scenarios. Those on temporary files run several at a time; in a store or broker that is given
 * they run one after the other, since they share its clock. @throws DecideError where a `decide:` file cannot
 * be loaded, RangeError where `written` names a service that the flow has not, UnknownStep where no scenario comes to a
 * step of `adversity`, the signal's reason, and what opening the engines throws
 */
export async function runFlow(flow: Flow, options: RunOptions = {}): Promise<readonly ScenarioResult[]> {
  const compiled = compileFlow(flow, await loadDeciders(flow), options.written)
  const chosen = flow.scenarios.filter(({ name }) => options.scenarios?.includes(name) ?? true)
  const results = await runPool({
    items: chosen,
    atOnce: options.store || options.broker ? 1 : AT_ONCE,
    async work(scenario, index) {
      options.onStart?.(scenario, index, chosen.length)
      try {
        return await runThrough(compiled, scenario, options)
      } catch (error) {
        options.signal?.throwIfAborted()
        throw error
      }
    },
    onDone: (result) => options.onResult?.(result),
  })
  checkSteps(options.adversity ?? [], results)
  return results
}

/** Once as it is, and where it passes under each perturbation that is asked for. */
async function runThrough(
  compiled: CompiledFlow,
  scenario: Scenario,
  options: RunOptions,
): Promise<ScenarioResult> {
  const run = (perturbation?: Perturbation) => runOnce(compiled, scenario, options, perturbation)
  const { ended } = await run()
  if (!options.adversity || ended.verdict !== 'passed') return ended
  const adversity = await withstand(options.adversity, run, (...begun) =>
    options.onPerturbation?.(scenario, ...begun),
  )
  return { ...ended, verdict: adversity.failures.length > 0 ? 'failed' : 'passed', adversity }
}

async function runOnce(
  compiled: CompiledFlow,
  scenario: Scenario,
  options: RunOptions,
  perturbation?: Perturbation,
): Promise<Perturbed<Ended>> {
  const { logger, signal } = options
  await using folder = temporaryFolder()
  const engines = await enginesFor(scenario, options, perturbation ? memory() : fileIn(folder.path))
  return await runScenario(compiled, scenario, engines, {
    ...(logger ? { logger } : {}),
    ...(signal ? { signal } : {}),
    ...(perturbation ? { perturbation } : {}),
  })
}

function checkSteps(perturbations: readonly Perturbation[], results: readonly ScenarioResult[]): void {
  for (const perturbation of perturbations) {
    if (perturbation.kind === 'interleave') continue
    const { kind, steps = [] } = perturbation
    const met = new Set(results.flatMap(({ adversity }) => adversity?.disturbed[kind] ?? []))
    const missed = steps.find((step) => !met.has(step))
    if (missed === undefined || results.some(({ verdict }) => verdict === 'failed')) continue
    throw new UnknownStep(
      `No scenario came to the step ${missed}. \`--adversity ${kind} --json\` lists the steps that each comes to.`,
    )
  }
}

async function enginesFor(
  { name }: Scenario,
  { store, broker }: RunOptions,
  temporary: StoreEngine & BrokerEngine,
): Promise<Engines> {
  if (store) return { store, broker: broker ?? temporary, tenant: await freeTenant(store, name) }
  // A broker that is kept may still hold what other runs left: under another tenant that is not this scenario's.
  if (broker) return { store: temporary, broker, tenant: newTenant(name) }
  return { store: temporary, broker: temporary, tenant: '' }
}

// A temporary file need not survive a power cut; what is kept is always written in full.
function fileIn(folder: string): StoreEngine & BrokerEngine {
  return sqlite(join(folder, 'scenario.db'), { synchronous: 'off' })
}
