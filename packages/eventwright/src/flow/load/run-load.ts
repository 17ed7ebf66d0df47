import { join } from 'node:path'
import {
  type App,
  type BrokerEngine,
  eventwright,
  type Logger,
  NotIdle,
  type StoreEngine,
} from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { type CompiledFlow, compileFlow, loadDeciders, type WrittenServices } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'
import { temporaryFolder } from '../run/temporary-folder.ts'
import { freeTenant, newTenant } from '../run/tenant.ts'
import { type Driver, driverOf } from './driver.ts'
import { NothingToLoad } from './errors.ts'
import type { LoadFigures } from './figures.ts'
import { watchLag } from './lag.ts'
import { type Orders, ordersFor } from './orders.ts'
import { keepPace, type Pace } from './pace.ts'
import { tailLog } from './tail.ts'

export interface LoadOptions {
  readonly pace: Pace
  /** Milliseconds in which orders are begun. */
  readonly length: number
  /** Milliseconds that what is under way has to end; default 30 seconds. */
  readonly drain?: number
  /** The same one gives the same orders. */
  readonly seed: string
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

export type LoadPhase = 'supply' | 'load' | 'drain'

export interface LoadProgress {
  readonly phase: LoadPhase
  /** Milliseconds since the load began; 0 before. */
  readonly elapsed: number
  readonly figures: LoadFigures
  /** Resident memory of this process, in bytes. */
  readonly memory: number
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
  /** The most resident memory that was seen, in bytes. */
  readonly memory: number
}

/** Drives a flow with generated orders on real engines and the real clock. @throws NothingToLoad */
export async function runLoad(flow: Flow, options: LoadOptions): Promise<LoadResult> {
  const compiled = compileFlow(flow, await loadDeciders(flow), options.written)
  const orders = ordersFor(compiled, { seed: options.seed })
  if (orders.plan.starters.length === 0) throw new NothingToLoad(flow.name)
  await using folder = temporaryFolder()
  const temporary = sqlite(join(folder.path, 'load.db'))
  return await drive(compiled, orders, await enginesFor(options, temporary), options)
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

interface LoadEngines {
  readonly store: StoreEngine
  readonly broker: BrokerEngine
  readonly tenant: string
}

async function drive(
  compiled: CompiledFlow,
  orders: Orders,
  engines: LoadEngines,
  options: LoadOptions,
): Promise<LoadResult> {
  const broken = new AbortController()
  await using app = await eventwright({
    name: 'flow.run',
    store: engines.store,
    broker: engines.broker,
    run: compiled.parts({ now: () => new Date().toISOString(), onFault: () => {} }),
    ...(options.logger ? { logger: options.logger } : {}),
  })
  const { tenant } = engines
  const driver = driverOf({
    app,
    flow: compiled.flow,
    orders,
    tenant,
    onBroken: (error) => broken.abort(error),
  })
  const run: Run = { app, driver, orders, tenant, options, broken: broken.signal }
  return await measure(run, compiled.flow)
}

interface Run {
  readonly app: App
  readonly driver: Driver
  readonly orders: Orders
  readonly tenant: string
  readonly options: LoadOptions
  readonly broken: AbortSignal
}

async function measure(run: Run, flow: Flow): Promise<LoadResult> {
  const { app, driver, tenant, options, broken } = run
  let phase: LoadPhase = 'supply'
  let begun = 0
  let memory = 0
  const look = (): void => {
    const now = process.memoryUsage.rss()
    memory = Math.max(memory, now)
    const elapsed = begun === 0 ? 0 : performance.now() - begun
    options.onProgress?.({ phase, elapsed, figures: driver.figures(), memory: now })
  }
  const ticking = setInterval(look, 1000)
  try {
    await supply(run)
    phase = 'load'
    begun = performance.now()
    const failed = Promise.withResolvers<never>()
    await using tail = await tailLog(app.store, {
      tenant,
      types: driver.hears,
      onEvent: driver.hear,
      onError: failed.reject,
    })
    failed.promise.catch(() => undefined)
    {
      await using _lags = watchLags(app, flow, driver)
      await keepPace({
        pace: options.pace,
        length: options.length,
        begin: driver.begin,
        inFlight: driver.inFlight,
        through: driver.through,
        signal: AbortSignal.any([broken, ...(options.signal ? [options.signal] : [])]),
      })
    }
    const sending = performance.now() - begun
    phase = 'drain'
    const drained = await drain(run, flow, tail.caughtUp)
    broken.throwIfAborted()
    look()
    return {
      flow: flow.name,
      seed: options.seed,
      pace: options.pace,
      sending,
      took: performance.now() - begun,
      figures: driver.figures(),
      drained,
      memory,
    }
  } finally {
    clearInterval(ticking)
  }
}

/** What orders refer to is there before the first of them. */
const AT_ONCE = 100

async function supply({ app, orders, tenant }: Run): Promise<void> {
  let batch: Promise<unknown>[] = []
  for (const command of orders.supplies()) {
    batch.push(app.execute(command, { tenant }))
    if (batch.length < AT_ONCE) continue
    await Promise.all(batch)
    batch = []
  }
  await Promise.all(batch)
  await app.idle()
}

function watchLags(app: App, flow: Flow, { latencies }: Driver): AsyncDisposable {
  const lags = new AsyncDisposableStack()
  for (const name of flow.projections.keys()) {
    lags.use(watchLag(app, name, (ms) => latencies.record(`projection ${name}`, ms)))
  }
  return lags
}

/** Until nothing is left that could go on by itself, or the time is over. */
async function drain(
  { app, driver, options }: Run,
  flow: Flow,
  heard: () => Promise<void>,
): Promise<boolean> {
  const end = performance.now() + (options.drain ?? 30_000)
  const left = (): number => Math.max(1, end - performance.now())
  try {
    for (;;) {
      await driver.answered()
      await app.idle({ timeout: left() })
      const before = await app.store.head()
      await heard()
      await driver.answered()
      if ((await app.store.head()) === before) break
    }
    for (const name of flow.projections.keys()) await app.caughtUp(name, undefined, { timeout: left() })
    return true
  } catch (error) {
    if (error instanceof NotIdle) return false
    throw error
  }
}
