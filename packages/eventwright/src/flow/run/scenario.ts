import { type BrokerEngine, eventwright, type Logger, type StoreEngine } from '@eventwright/core'
import type { CompiledFlow } from '../compile/index.ts'
import type { Scenario } from '../model/index.ts'
import { collect } from './collect.ts'
import { drive, give, type Stage } from './drive.ts'
import type { Happened } from './happened.ts'
import { type Judgement, judge } from './judge.ts'
import type { ScenarioResult, Verdict } from './result.ts'

/** Where a scenario runs. */
export interface Engines {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  /** Scenarios that share a file are kept apart by it. */
  readonly tenant: string
}

/** Runs one scenario for real: the runtime that services use, on real engines; only the app's clock is moved. */
export async function runScenario(
  compiled: CompiledFlow,
  scenario: Scenario,
  engines: Engines,
  logger?: Logger,
): Promise<ScenarioResult> {
  const begun = performance.now()
  const happened = await play(compiled, scenario, engines, logger)
  const judgements = scenario.outcomes.map((outcome) => judge(outcome, happened))
  const judgement = closest(judgements)
  return {
    scenario,
    verdict: verdictOf(happened, judgement),
    milliseconds: performance.now() - begun,
    happened,
    ...(judgement ? { judgement } : {}),
  }
}

async function play(
  compiled: CompiledFlow,
  scenario: Scenario,
  engines: Engines,
  logger?: Logger,
): Promise<Happened> {
  await using app = await eventwright({
    name: compiled.flow.name,
    store: engines.store,
    broker: engines.broker,
    run: compiled.parts(() => new Date(app.clock.now()).toISOString()),
    virtualClock: true,
    ...(logger ? { logger } : {}),
  })
  const stage: Stage = { app, compiled, tenant: engines.tenant }
  const given = await give(stage, scenario.given)
  const driven = await drive(stage, scenario.when)
  const collected = await collect(stage, compiled.flow, new Set(given))
  return {
    ...collected,
    refusals: [...driven.refusals, ...collected.refusals],
    faults: [...driven.faults, ...collected.faults],
  }
}

function verdictOf({ faults }: Happened, judgement: Judgement | undefined): Verdict {
  if (faults.length > 0) return 'failed'
  if (!judgement) return 'open'
  return judgement.differences.length === 0 ? 'passed' : 'failed'
}

/** Of several possible outcomes the one that differs least: what a failure is explained with. */
function closest(judgements: readonly Judgement[]): Judgement | undefined {
  const distance = ({ differences, events }: Judgement): number =>
    differences.length * 1000 - events.pairs.length
  return [...judgements].sort((one, other) => distance(one) - distance(other))[0]
}
