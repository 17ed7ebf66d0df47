import { join } from 'node:path'
import { type App, type BrokerEngine, eventwright, type Logger, type StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import {
  type CompiledFlow,
  compileFlow,
  DecideError,
  loadDeciders,
  type OnFault,
  type WrittenServices,
} from '../compile/index.ts'
import type { Flow } from '../model/index.ts'
import { temporaryFolder } from '../run/temporary-folder.ts'
import { freeTenant, newTenant } from '../run/tenant.ts'
import { type Balance, checkBalance, newWrongs, type Wrongs } from './balance/index.ts'
import { faultsCheck, ordersCheck } from './driven-checks.ts'
import { type Driver, driverOf } from './driver.ts'
import { NothingToLoad } from './errors.ts'
import type { LoadFigures } from './figures.ts'
import { watchLags } from './lag.ts'
import { type OrderOptions, type Orders, ordersFor } from './orders.ts'
import { keepPace, type Pace } from './pace.ts'
import { drain, supply } from './phases.ts'
import { tailLog } from './tail.ts'
import { type LoadProgress, type Watch, watchLoad } from './watch.ts'

export interface LoadOptions extends Omit<OrderOptions, 'prefix'> {
  readonly pace: Pace
  /** Milliseconds in which orders are begun. */
  readonly length: number
  /** Milliseconds that what is under way has to end; default 30 seconds. */
  readonly drain?: number
  /** Keeps what happened, under a tenant of its own; default a temporary SQLite file. */
  readonly store?: StoreEngine
  readonly broker?: BrokerEngine
  /** Services written by hand, as for `runFlow`. */
  readonly written?: WrittenServices
  readonly logger?: Logger
  /** Ends the sending; what is under way is drained, and the balance drawn. */
  readonly signal?: AbortSignal
  /** Called about once a second. */
  readonly onProgress?: (progress: LoadProgress) => void
}

/** What a load came to. */
export interface LoadResult {
  readonly flow: string
  readonly seed: string
  readonly pace: Pace
  /** Milliseconds in which orders were begun, and from the first one to the end of the drain. */
  readonly sending: number
  readonly took: number
  readonly figures: LoadFigures
  /** True where all that could end has ended within the drain. */
  readonly drained: boolean
  /** The most resident memory that was seen before the balance, in bytes. */
  readonly memory: number
  readonly balance: Balance
}

/**
 * Drives a flow with generated orders on real engines and the real clock, answers for those outside, and draws the
 * balance once all that can end has ended. @throws NothingToLoad DecideError, and what the engines throw
 */
export async function runLoad(flow: Flow, options: LoadOptions): Promise<LoadResult> {
  const compiled = compileFlow(flow, await loadDeciders(flow), options.written)
  const orders = ordersFor(compiled, options)
  if (orders.plan.starters.length === 0) throw new NothingToLoad(flow.name)
  await using folder = temporaryFolder()
  const engines = await enginesFor(options, sqlite(join(folder.path, 'load.db')))
  using watch = watchLoad(options.onProgress)
  const load: Load = { compiled, orders, engines, options, watch, faults: newWrongs() }
  const { driver, ...driven } = await drive(load)
  watch.enter('balance')
  const balance = await drawBalance(load, driver, driven.drained)
  const { seed, pace } = options
  return { flow: flow.name, seed, pace, ...driven, figures: driver.figures(), memory: watch.memory, balance }
}

interface Load {
  readonly compiled: CompiledFlow
  readonly orders: Orders
  readonly engines: LoadEngines
  readonly options: LoadOptions
  readonly watch: Watch
  readonly faults: Wrongs
}

interface LoadEngines {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  readonly tenant: string
}

/** What is kept holds other runs too: each has a tenant of its own, and begins from nothing. */
async function enginesFor(
  { store, broker, seed }: LoadOptions,
  temporary: StoreEngine & BrokerEngine,
): Promise<LoadEngines> {
  const name = `load-${seed}`
  if (store) return { store, broker: broker ?? temporary, tenant: await freeTenant(store, name) }
  return { store: temporary, broker: broker ?? temporary, tenant: broker ? newTenant(name) : '' }
}

interface Driven extends Pick<LoadResult, 'sending' | 'took' | 'drained'> {
  readonly driver: Driver
}

async function drive(load: Load): Promise<Driven> {
  const { compiled, orders, engines, options, watch } = load
  const broken = new AbortController()
  const onBroken = (error: unknown): void => broken.abort(error)
  const onFault = (error: unknown): void => {
    if (error instanceof DecideError) onBroken(error)
    load.faults.add(error instanceof Error ? error.message : String(error))
  }
  await using app = await openApp(load, { start: true, onFault })
  const { tenant } = engines
  const { flow } = compiled
  const driver = driverOf({ app, flow, orders, tenant, onBroken })
  watch.follow(driver.figures)
  await supply(app, orders, tenant)
  await using tail = await tailLog(app.store, {
    tenant,
    types: driver.hears,
    onEvent: driver.hear,
    onError: onBroken,
  })
  watch.enter('load')
  const sending = await send(load, app, driver, broken.signal)
  watch.enter('drain')
  const { drain: patience = DRAIN } = options
  const projections = flow.projections.keys()
  const drained = await drain({ app, driver, projections, heard: tail.caughtUp, patience })
  broken.signal.throwIfAborted()
  return { driver, sending, took: watch.elapsed(), drained }
}

const DRAIN = 30_000

/** Gives the milliseconds that it took. */
async function send(
  { compiled, options, watch }: Load,
  app: App,
  driver: Driver,
  broken: AbortSignal,
): Promise<number> {
  const { pace, length, signal } = options
  const record = (projection: string, milliseconds: number): void =>
    driver.latencies.record(`projection ${projection}`, milliseconds)
  await using _lags = watchLags(app, compiled.flow.projections.keys(), record)
  await keepPace({
    pace,
    length,
    begin: driver.begin,
    inFlight: driver.inFlight,
    through: driver.through,
    onStall: () => void isIdle(app).then((idle) => idle && driver.allWait()),
    signal: signal ? AbortSignal.any([broken, signal]) : broken,
  })
  return watch.elapsed()
}

/** True where nothing of the app has anything to do now. */
async function isIdle(app: App): Promise<boolean> {
  try {
    await app.idle({ timeout: 1 })
    return true
  } catch {
    return false
  }
}

/** On an app in which nothing runs: what is durable does not change while it is looked at. */
async function drawBalance(load: Load, driver: Driver, drained: boolean): Promise<Balance> {
  await using app = await openApp(load, { start: false, onFault: () => {} })
  const figures = driver.figures()
  const { checks } = await checkBalance(app, load.compiled.flow, {
    tenant: load.engines.tenant,
    settled: drained,
    acknowledged: driver.acknowledged(),
    unanswered: figures.unanswered,
    onProgress: (position, head) => load.watch.read(head === 0 ? 1 : position / head),
  })
  const starters = load.orders.plan.starters.map(({ name }) => name)
  const all = [ordersCheck(figures, driver.failures, starters), faultsCheck(load.faults), ...checks]
  return { good: all.every(({ good }) => good), checks: all }
}

interface Opening {
  readonly start: boolean
  readonly onFault: OnFault
}

function openApp({ compiled, engines, options }: Load, { start, onFault }: Opening): Promise<App> {
  const { store, broker } = engines
  const { logger } = options
  return eventwright({
    // No name of the flow's own: a service of it may have that, or it may be no name for a topic.
    name: 'flow.run',
    store,
    broker,
    start,
    run: compiled.parts({ now: () => new Date().toISOString(), onFault }),
    ...(logger ? { logger } : {}),
  })
}
