import { type App, type BrokerEngine, eventwright, type StoreEngine } from '@eventwright/core'
import { type CompiledFlow, DecideError, faultsOf, type OnFault } from '../compile/index.ts'
import type { Wrongs } from './balance/index.ts'
import { type Driver, driverOf } from './driver.ts'
import { watchLags } from './lag.ts'
import type { LoadOptions } from './load-options.ts'
import type { Orders } from './orders.ts'
import { keepPace } from './pace.ts'
import { drain, supply } from './phases.ts'
import { tailLog } from './tail.ts'
import type { Watch } from './watch.ts'

/** A load with everything that it runs on. */
export interface Load {
  readonly compiled: CompiledFlow
  readonly orders: Orders
  readonly engines: LoadEngines
  readonly options: LoadOptions
  readonly watch: Watch
  readonly faults: Wrongs
}

export interface LoadEngines {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  readonly tenant: string
}

/** What driving came to; the driver has the rest. */
export interface Driven {
  /** Milliseconds in which orders were begun, and from the first one to the end of the drain. */
  readonly sending: number
  readonly took: number
  /** True where all that could end has ended within the drain. */
  readonly drained: boolean
  readonly driver: Driver
}

/** Supplies, sends and drains on an app of its own, which is closed then. */
export async function drive(load: Load): Promise<Driven> {
  const { compiled, orders, engines, options, watch } = load
  const broken = new AbortController()
  const onBroken = (error: unknown): void => broken.abort(error)
  const onFault = faultsOf(engines.tenant, (error) => {
    if (error instanceof DecideError) onBroken(error)
    load.faults.add(error instanceof Error ? error.message : String(error))
  })
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
  broken.signal.throwIfAborted()
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

export interface Opening {
  readonly start: boolean
  readonly onFault: OnFault
}

/** The flow as an app; with `start: false` nothing runs, and it is only read. */
export function openApp({ compiled, engines, options }: Load, { start, onFault }: Opening): Promise<App> {
  const { store, broker } = engines
  const { logger } = options
  return eventwright({
    // No name of the flow's own: a service of it may have that, or it may be no name for a topic.
    name: 'flow.run',
    store,
    broker,
    start,
    run: compiled.parts({ onFault }),
    ...(logger ? { logger } : {}),
  })
}
