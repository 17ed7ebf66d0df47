import { execute } from '../aggregate/index.ts'
import { deadLetters, redrive } from '../delivery/index.ts'
import { EventwrightError } from '../event/index.ts'
import { caughtUp, readModel } from '../projection/index.ts'
import type { App } from './app.ts'
import { closeApp, DRAIN, type StopOptions } from './closing.ts'
import { commandCounter } from './command-tally.ts'
import { makeCrashable } from './crash.ts'
import { AppStopped, CannotOpenApp, UnknownTarget } from './errors.ts'
import { FIGURES, readingsOf } from './figures.ts'
import { type AppHealth, type HealthOptions, healthOf } from './health.ts'
import { untilIdle } from './idle.ts'
import { type Opened, prepareApp, startApp } from './opening.ts'
import type { AppOptions } from './options.ts'
import { onTermination } from './signals.ts'
import type { Topology } from './topology.ts'

/**
 * Opens an app: its store and broker, and everything in `run`, which it keeps going until `stop()` (or the end
 * of an `await using` block). While it runs, the process stays alive. If a part cannot be opened, all that was
 * opened is closed again.
 * @throws InvalidTopology CannotOpenApp, and what the engines throw (NotADatabase, CannotOpenFile, SchemaTooNew)
 */
export function eventwright(options: AppOptions): Promise<App> {
  const prepared = prepareApp(options)
  const opening = open(prepared, options)
  // A caller without types may give nothing at all, and is told by the promise.
  if (!options?.crashable) return opening
  const end = (): Promise<void> => endApp(prepared)
  const crashable = opening.then((app) => {
    makeCrashable(app, end)
    return app
  })
  makeCrashable(crashable, end)
  return crashable
}

async function open(prepared: Promise<Opened>, options: AppOptions): Promise<App> {
  try {
    return await start(await prepared, options)
  } catch (error) {
    if (error instanceof EventwrightError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new CannotOpenApp(`The app cannot be opened on ${options.store.url}: ${why}`, { cause: error })
  }
}

/** If a part cannot be started, closes all that was opened. */
async function start(opened: Opened, options: AppOptions): Promise<App> {
  try {
    await startApp(opened)
    return appOf(opened, options)
  } catch (error) {
    // Why it cannot be opened is the one thing to tell.
    await closeApp(opened, DRAIN).catch(() => undefined)
    throw error
  }
}

/** As a killed process ends: its components are not stopped, what they still ask for is never answered. */
async function endApp(prepared: Promise<Opened>): Promise<void> {
  // Why there is none is told to whoever opens it.
  const opened = await prepared.catch(() => undefined)
  if (!opened) return
  clearInterval(opened.keepAlive)
  opened.clock.unbind()
  await opened.cutOff?.cut()
}

function appOf(opened: Opened, { signals = false, drain = DRAIN }: AppOptions): App {
  const { name, topology, runtime, clock, components, started } = opened
  const { store, broker } = runtime
  // The relay, which is started last, hands on what it publishes without a commit.
  const relayFirst = components.toReversed()
  const executing = new Set<Promise<unknown>>()
  const commands = commandCounter()
  let stopping: Promise<void> | undefined
  const removeListener = signals ? onTermination(() => stop()) : () => {}

  const unwatch = runtime.telemetry?.watch(FIGURES, async () => readingsOf(await health()))

  function health(options?: HealthOptions): Promise<AppHealth> {
    return healthOf(components, store, started, commands.tally, options)
  }

  function assertRunning(call: string): void {
    if (stopping) throw new AppStopped(name, call)
  }

  function stop({ within = drain }: StopOptions = {}): Promise<void> {
    unwatch?.()
    stopping ??= closeApp(opened, within, executing).finally(removeListener)
    return stopping
  }

  const app: App = {
    store,
    broker,
    clock,
    async execute(command, options) {
      assertRunning('execute')
      const service = topology.serviceOf.get(command.aggregate)
      const definition = service?.aggregates.find((aggregate) => aggregate.name === command.aggregate)
      if (!service || !definition || service.elsewhere) throw unknownTarget(topology, command.aggregate)
      const result = execute(store, definition, command, {
        ids: runtime.ids,
        telemetry: runtime.telemetry,
        ...options,
      })
      executing.add(result)
      return commands.count(result, () => executing.delete(result))
    },
    async caughtUp(projection, position, options) {
      assertRunning('caughtUp')
      const wanted = typeof projection === 'string' ? projection : projection.name
      const own = topology.projections.find((definition) => definition.name === wanted)
      await caughtUp(store, wanted, own?.version ?? 1, position, options)
    },
    documents: (collection, options) => readModel(store, topology.projections, collection, options),
    idle: (options) => untilIdle(relayFirst, store, () => assertRunning('idle'), options),
    async nextDue() {
      const dues = await Promise.all(components.map((component) => component.nextDue()))
      const known = dues.filter((due) => due !== undefined)
      return known.length === 0 ? undefined : Math.min(...known)
    },
    async health(options) {
      assertRunning('health')
      return health(options)
    },
    redrive: (consumer, key, options) =>
      redrive(store, { consumer, ...(key === undefined ? {} : { key }), ...options }),
    deadLetters: (query = {}) => deadLetters(store, typeof query === 'string' ? { consumer: query } : query),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
  return app
}

function unknownTarget({ serviceOf }: Topology, aggregate: string): UnknownTarget {
  const service = serviceOf.get(aggregate)
  if (service) {
    return new UnknownTarget(
      `The aggregate ${aggregate} runs elsewhere, in the service ${service.name}: execute the command there, ` +
        `or publish it to ${service.commandTopic}.`,
    )
  }
  const known = [...serviceOf.keys()].join(', ') || 'none'
  return new UnknownTarget(`The app has no aggregate ${aggregate} (it has: ${known}): add it to 'run'.`)
}
