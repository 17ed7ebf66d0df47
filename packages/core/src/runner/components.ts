import { AsyncLocalStorage } from 'node:async_hooks'
import type { Catalog } from '../catalog/index.ts'
import { type Component, commandConsumer, eventConsumer, type Runtime, relay } from '../delivery/index.ts'
import { projectionComponent } from '../projection/index.ts'
import { sagaComponent } from '../saga/index.ts'
import type { Declarations } from './declarations.ts'
import type { AppOptions } from './options.ts'
import { routeOf } from './route.ts'
import { heardTopics, type Topology } from './topology.ts'

type Settings = Pick<AppOptions, 'leaseTime' | 'retry' | 'breaker'>

/** Everything that runs in this process, in the order in which it is started. */
export function componentsOf(
  runtime: Runtime,
  topology: Topology,
  catalog: Catalog,
  declarations: Declarations,
  { leaseTime = 10_000, retry, breaker }: Settings,
): readonly Component[] {
  const patience = { ...(retry ? { retry } : {}), ...(breaker ? { breaker } : {}) }
  const consuming = { ...patience, sessionTimeout: leaseTime }
  const topics = heardTopics(topology)
  // What apps declare is of no tenant, so the unit of work that asks cannot read it itself.
  const outside = AsyncLocalStorage.snapshot()
  return [
    ...topology.projections.map((definition) => projectionComponent(runtime, definition, { leaseTime })),
    ...topology.sagas.map((definition) =>
      sagaComponent(runtime, definition, { ...consuming, topics, leaseTime }),
    ),
    ...topology.services
      .filter(({ elsewhere, aggregates }) => !elsewhere && aggregates.length > 0)
      .map(({ name, commandTopic, aggregates }) =>
        commandConsumer(runtime, {
          ...consuming,
          service: name,
          topic: commandTopic,
          aggregates,
          hasElsewhere: (aggregate) =>
            outside(async () => {
              await declarations.look()
              return declarations.of(aggregate)?.service === name
            }),
        }),
      ),
    ...topology.consumers.map((definition) =>
      eventConsumer(runtime, { ...definition, settings: { ...consuming, ...definition.settings } }),
    ),
    relay(runtime, {
      route: routeOf(topology, catalog, runtime.store.epoch, declarations),
      prepare: () => declarations.look(),
      leaseTime,
    }),
  ]
}
