import {
  type App,
  type BrokerEngine,
  eventwright,
  type Logger,
  newId,
  type StoreEngine,
} from '@eventwright/core'
import { type CompiledFlow, faultsOf, type OnFault } from '../compile/index.ts'
import type { Scenario } from '../model/index.ts'
import { adversaryOf, type Perturbation, type Perturbed, type Victim } from './adversity/index.ts'
import { collect } from './collect.ts'
import { drive, give, type Stage } from './drive.ts'
import { distinctFaults, type Fault, faultOf } from './fault.ts'
import type { Happened } from './happened.ts'
import { type Host, openHost } from './host.ts'
import { type Judgement, judge } from './judge.ts'
import { logAfter, type Recording } from './recording.ts'
import type { Ended, Verdict } from './result.ts'

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
  /** What is done to it; default nothing. */
  readonly perturbation?: Perturbation
}

/** The name under which an app's checkpoints and lag have the relay. */
const RELAY = 'relay'

/**
 * Runs one scenario for real: the runtime that services use, on real engines; only the app's clock is moved.
 * @throws the signal's reason, and what opening the engines throws
 */
export async function runScenario(
  compiled: CompiledFlow,
  scenario: Scenario,
  engines: Engines,
  options: ScenarioOptions = {},
): Promise<Perturbed<Ended>> {
  const begun = performance.now()
  options.signal?.throwIfAborted()
  const { happened, recording, disturbed } = await play(compiled, scenario, engines, options)
  const judgement = closest(scenario.outcomes.map((outcome) => judge(outcome, happened)))
  const verdict = verdictOf(happened, judgement)
  const milliseconds = performance.now() - begun
  const ended = {
    scenario,
    verdict,
    milliseconds,
    happened,
    recording,
    ...(judgement ? { judgement } : {}),
  }
  return { ended, failed: verdict === 'failed', disturbed }
}

interface Play {
  readonly happened: Happened
  readonly recording: Recording
  readonly disturbed: ReadonlySet<string>
}

async function play(
  compiled: CompiledFlow,
  scenario: Scenario,
  engines: Engines,
  { logger, signal, perturbation }: ScenarioOptions,
): Promise<Play> {
  const { tenant } = engines
  const thrown: Fault[] = []
  const instance = newId()
  const adversary =
    perturbation &&
    adversaryOf(
      perturbation,
      victimOf(engines, () => host),
    )
  // Loaded where it is needed: what is for tests is large.
  const kill = perturbation
    ? (await import('@eventwright/core/testing')).crash
    : async (app: Promise<App>) => (await app).stop()
  const opening = {
    instance,
    onFault: faultsOf(tenant, (error) => thrown.push(faultOf(error))),
    crashable: adversary !== undefined,
    ...(logger ? { logger } : {}),
  }
  const disturbed = { ...engines, broker: adversary?.engine ?? engines.broker }
  await using host: Host = await openHost({ open: () => openApp(compiled, disturbed, opening), kill })
  using _interrupted = onAbort(signal, () => host.stop())
  const idle = (): Promise<void> => host.use((app) => app.idle())
  const stage: Stage = {
    host,
    compiled,
    tenant,
    rest: () => adversary?.rest(idle, false) ?? idle(),
    answering: (command) => adversary?.answering(command),
    refused: new Set(),
  }
  const given = await give(stage, scenario.given)
  const driven = await drive(stage, scenario.when)
  if (driven.faults.length === 0) await adversary?.rest(idle, true)
  const { log } = await host.use((app) => logAfter(app, tenant))
  const collected = await host.use((app) => collect({ app, compiled, tenant }, log, new Set(given)))
  signal?.throwIfAborted()
  const happened = {
    ...collected,
    refusals: [...driven.refusals, ...collected.refusals],
    faults: distinctFaults([...thrown, ...driven.faults, ...collected.faults]),
  }
  const recording = { log, acts: driven.acts }
  return { happened, recording, disturbed: adversary?.disturbed ?? new Set() }
}

interface Opening {
  /** Opened again under the same one, an app has its leases at once. */
  readonly instance: string
  readonly onFault: OnFault
  readonly crashable: boolean
  readonly logger?: Logger
}

function openApp(
  compiled: CompiledFlow,
  { store, broker }: Engines,
  { onFault, ...options }: Opening,
): Promise<App> {
  return eventwright({
    // No name of the flow's own: a service of it may have that, or it may be no name for a topic.
    name: 'flow.run',
    store,
    broker,
    run: compiled.parts({ onFault }),
    virtualClock: true,
    // What ends its process is the adversary, wherever it runs: that is no message's doing, and parks none.
    retry: { crashes: Number.POSITIVE_INFINITY },
    ...options,
  })
}

function victimOf({ broker, tenant }: Engines, host: () => Host): Victim {
  return {
    engine: broker,
    tenant,
    crash: () => host().crash(),
    published: () => host().use(async ({ store }) => (await store.checkpoint(RELAY)) >= (await store.head())),
  }
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
