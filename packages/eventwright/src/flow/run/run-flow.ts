import { join } from 'node:path'
import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { compileFlow, loadDeciders, type WrittenServices } from '../compile/index.ts'
import type { Flow, Scenario } from '../model/index.ts'
import { runPool } from './pool.ts'
import type { ScenarioResult } from './result.ts'
import { type Engines, runScenario, type ScenarioOptions } from './scenario.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { freeTenant, newTenant } from './tenant.ts'

export interface RunOptions extends ScenarioOptions {
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
  /** Called before each scenario. */
  readonly onStart?: (scenario: Scenario, index: number, total: number) => void
  /** Called after each, in the order of the file. */
  readonly onResult?: (result: ScenarioResult) => void
}

/** Scenarios on files of their own wait for timers and disks more than they compute. */
const AT_ONCE = 4

/**
 * Runs a flow's scenarios. Those on temporary files run several at a time; in a store or broker that is given
 * they run one after the other, since they share its clock. @throws DecideError where a `decide:` file cannot
 * be loaded, RangeError where `written` names a service that the flow has not, the signal's reason, and what opening
 * the engines throws
 */
export async function runFlow(flow: Flow, options: RunOptions = {}): Promise<readonly ScenarioResult[]> {
  const compiled = compileFlow(flow, await loadDeciders(flow), options.written)
  const chosen = flow.scenarios.filter(({ name }) => options.scenarios?.includes(name) ?? true)
  return runPool({
    items: chosen,
    atOnce: options.store || options.broker ? 1 : AT_ONCE,
    async work(scenario, index) {
      options.onStart?.(scenario, index, chosen.length)
      try {
        await using folder = temporaryFolder()
        const engines = await enginesFor(scenario, options, folder.path)
        return await runScenario(compiled, scenario, engines, options)
      } catch (error) {
        options.signal?.throwIfAborted()
        throw error
      }
    },
    onDone: (result) => options.onResult?.(result),
  })
}

async function enginesFor(
  { name }: Scenario,
  { store, broker }: RunOptions,
  folder: string,
): Promise<Engines> {
  // A temporary file need not survive a power cut, as `normal` may not; what is kept is always written in full.
  const temporary = sqlite(join(folder, 'scenario.db'), { synchronous: 'normal' })
  if (store) return { store, broker: broker ?? temporary, tenant: await freeTenant(store, name) }
  // A broker that is kept may still hold what other runs left: under another tenant that is not this scenario's.
  if (broker) return { store: temporary, broker, tenant: newTenant(name) }
  return { store: temporary, broker: temporary, tenant: '' }
}
