import { join } from 'node:path'
import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'
import { compileFlow, loadDeciders } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'
import { temporaryFolder } from '../run/temporary-folder.ts'
import { freeTenant, newTenant } from '../run/tenant.ts'
import { type Balance, checkBalance, newWrongs } from './balance/index.ts'
import { type Driven, drive, type Load, type LoadEngines, openApp } from './drive.ts'
import { faultsCheck, ordersCheck } from './driven-checks.ts'
import type { Driver } from './driver.ts'
import { NothingToLoad } from './errors.ts'
import type { LoadFigures } from './figures.ts'
import type { LoadOptions } from './load-options.ts'
import { ordersFor } from './orders.ts'
import type { Pace } from './pace.ts'
import { watchLoad } from './watch.ts'

/** What a load came to. */
export interface LoadResult extends Omit<Driven, 'driver'> {
  readonly flow: string
  readonly seed: string
  readonly pace: Pace
  readonly figures: LoadFigures
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

/** What is kept holds other runs too: each has a tenant of its own, and begins from nothing. */
async function enginesFor(
  { store, broker, seed }: LoadOptions,
  temporary: StoreEngine & BrokerEngine,
): Promise<LoadEngines> {
  const name = `load-${seed}`
  if (store) return { store, broker: broker ?? temporary, tenant: await freeTenant(store, name) }
  return { store: temporary, broker: broker ?? temporary, tenant: broker ? newTenant(name) : '' }
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
