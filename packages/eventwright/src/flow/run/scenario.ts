import { type BrokerEngine, eventwright, type Logger, type StoreEngine } from '@eventwright/core'
import type { CompiledFlow } from '../compile/index.ts'
import type { Scenario } from '../model/index.ts'
import { collect } from './collect.ts'
import { drive, give, type Stage } from './drive.ts'
import { distinctFaults, type Fault, faultOf } from './fault.ts'
import type { Happened } from './happened.ts'
import { type Judgement, judge } from './judge.ts'
import { logAfter, type Recording } from './recording.ts'
import type { ScenarioResult, Verdict } from './result.ts'

/** Where a scenario runs. */
export interface Engines {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  /** Scenarios that share a file are kept apart by it. */
  readonly tenant: string
}

export interface ScenarioOptions {
  readonly logger?: Logger
  /** Ends the scenario in the middle: what runs is drained and closed. */
  readonly signal?: AbortSignal
}

/**
 * Runs one scenario for real: the runtime that services use, on real engines; only the app's clock is moved.
 * @throws the signal's reason, and what opening the engines throws
 */
export async function runScenario(
  compiled: CompiledFlow,
  scenario: Scenario,
  engines: Engines,
  options: ScenarioOptions = {},
): Promise<ScenarioResult> {
  const begun = performance.now()
  options.signal?.throwIfAborted()
  const { happened, recording } = await play(compiled, scenario, engines, options)
  const judgement = closest(scenario.outcomes.map((outcome) => judge(outcome, happened)))
  return {
    scenario,
    verdict: verdictOf(happened, judgement),
    milliseconds: performance.now() - begun,
    happened,
    recording,
    ...(judgement ? { judgement } : {}),
  }
}

async function play(
  compiled: CompiledFlow,
  scenario: Scenario,
  engines: Engines,
  { logger, signal }: ScenarioOptions,
): Promise<{ readonly happened: Happened; readonly recording: Recording }> {
  const thrown: Fault[] = []
  await using app = await eventwright({
    // No name of the flow's own: a service of it may have that, or it may be no name for a topic.
    name: 'flow.run',
    store: engines.store,
    broker: engines.broker,
    run: compiled.parts({
      now: () => new Date(app.clock.now()).toISOString(),
      onFault: (error) => thrown.push(faultOf(error)),
    }),
    virtualClock: true,
    ...(logger ? { logger } : {}),
  })
  using _interrupted = onAbort(signal, () => app.stop())
  const stage: Stage = { app, compiled, tenant: engines.tenant }
  const given = await give(stage, scenario.given)
  const driven = await drive(stage, scenario.when)
  const { log } = await logAfter(app, engines.tenant)
  const collected = await collect(stage, log, new Set(given))
  signal?.throwIfAborted()
  const happened = {
    ...collected,
    refusals: [...driven.refusals, ...collected.refusals],
    faults: distinctFaults([...thrown, ...driven.faults, ...collected.faults]),
  }
  return { happened, recording: { log, acts: driven.acts } }
}

// Whoever waits for the app is told by it that it stopped; the reason of the signal says why.
function onAbort(signal: AbortSignal | undefined, stop: () => Promise<void>): Disposable {
  const listener = (): void => {
    stop().catch(() => undefined) // the disposal of the app waits for the same stop, and throws what it throws
  }
  signal?.addEventListener('abort', listener, { once: true })
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', listener) }
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
