import type { Broker } from '../broker/index.ts'
import { type Catalog, createCatalog, mergeCatalogs } from '../catalog/index.ts'
import type { Component, Runtime } from '../delivery/index.ts'
import { newId, silentLogger, silentTelemetry } from '../event/index.ts'
import { establish, type InlineWriter, inlineWriter } from '../projection/index.ts'
import { appClock, type BindableClock } from './app-clock.ts'
import { componentsOf } from './components.ts'
import { type CutOff, cutOff } from './cut-off.ts'
import { type Declarations, declarations as declarationsOf } from './declarations.ts'
import { type Engines, openEngines } from './engines.ts'
import type { AppOptions } from './options.ts'
import { sparingLogger } from './sparing-logger.ts'
import { planTopology, type Topology } from './topology.ts'

/** An opened app: what its functions work on. */
export interface Opened {
  readonly name: string
  readonly topology: Topology
  readonly runtime: Runtime
  readonly clock: BindableClock
  readonly components: readonly Component[]
  readonly inline: InlineWriter
  readonly declarations: Declarations
  readonly started: boolean
  readonly keepAlive: NodeJS.Timeout | undefined
  /** For tests: the switch between it and its engines. */
  readonly cutOff: CutOff | undefined
}

/** Opens store and broker, and makes every component. Nothing is started. */
export async function prepareApp(options: AppOptions): Promise<Opened> {
  const name = options.name ?? 'app'
  const topology = planTopology(name, options.run, options.topic)
  const catalog = catalogOf(topology)
  const clock = appClock(options.clock, options.virtualClock)
  const inline = inlineWriter(topology.projections)
  const { ids = newId } = options
  const { onAppend } = inline
  const { telemetry = silentTelemetry } = options
  const trace = telemetry.enabled ? { trace: () => telemetry.current() } : {}
  const storeOptions = {
    ...(catalog ? { catalog } : {}),
    ...(onAppend ? { onAppend } : {}),
    ...trace,
    clock,
    ids,
  }
  const real = await openEngines(options, storeOptions)
  const switched = options.crashable ? cutOff(real.store, real.broker) : undefined
  const runtime = runtimeOf(options, switched ?? real, clock)
  const started = options.start ?? true
  const known = catalog ?? createCatalog({ namespace: 'local' })
  const declarations = declarationsOf(runtime.store)
  const components = started ? componentsOf(runtime, topology, known, declarations, options) : []
  // Everything else waits without holding the process: a service would end as soon as it has nothing to do.
  const keepAlive = started ? setInterval(() => {}, 2 ** 30) : undefined
  return {
    name,
    topology,
    runtime,
    clock,
    components,
    inline,
    declarations,
    started,
    keepAlive,
    cutOff: switched,
  }
}

function runtimeOf(options: AppOptions, { store, broker }: Engines, clock: BindableClock): Runtime {
  return {
    store,
    broker,
    clock,
    ids: options.ids ?? newId,
    logger: options.logger ? sparingLogger(options.logger) : silentLogger,
    telemetry: options.telemetry ?? silentTelemetry,
    random: options.random ?? Math.random,
    instance: options.instance ?? newId(),
  }
}

/** Starts every component. */
export async function startApp({
  runtime,
  clock,
  topology,
  inline,
  declarations,
  components,
}: Opened): Promise<void> {
  const { store, broker, instance } = runtime
  await clock.bind(store)
  await ensureTopics(broker, topology)
  await declarations.declare(topology)
  await inline.open(store, instance)
  for (const definition of topology.projections) await establish(store, definition)
  for (const component of components) await component.start()
}

function catalogOf({ services, sagas, projections, consumers }: Topology): Catalog | undefined {
  const aggregates = services.flatMap((service) => service.aggregates)
  const catalogs = [...aggregates, ...sagas, ...projections, ...consumers].map(({ catalog }) => catalog)
  return catalogs.length === 0 ? undefined : mergeCatalogs(catalogs)
}

async function ensureTopics(broker: Broker, { services, consumers }: Topology): Promise<void> {
  for (const { commandTopic, eventTopic, partitions } of services) {
    const settings = partitions === undefined ? {} : { partitions }
    await broker.ensureTopic(commandTopic, settings)
    await broker.ensureTopic(eventTopic, settings)
  }
  for (const topic of new Set(consumers.flatMap(({ topics }) => topics))) await broker.ensureTopic(topic)
}
