import {
  type AppOptions,
  type Catalog,
  type Command,
  type ServiceTopic,
  service,
  streamOf,
} from '@eventwright/core'
import type { Flow, Json, Service } from '../model/index.ts'
import { compileAggregate } from './aggregate.ts'
import { flowCatalog } from './catalog.ts'
import type { Deciders } from './decide-file.ts'
import { payloadCheck } from './payload-check.ts'
import { compileProjection } from './projection.ts'
import { compileSaga } from './saga.ts'

/** What `eventwright({ run })` takes. */
type RunItems = AppOptions['run']

/** A flow as the runtime takes it: services with their aggregates, sagas and projections. */
export interface CompiledFlow {
  readonly flow: Flow
  readonly catalog: Catalog
  /** The parts for one app, whose clock gives `now` (ISO 8601). Schemas are compiled once for all apps. */
  parts(now: () => string): RunItems
  /** A command from outside, as data. */
  command(type: string, id: string, data: Json): Command
  /** The stream that an event of this type stands in. */
  streamOf(event: string, id: string): string
}

/** Compiles a flow that has no error onto aggregates, sagas and projections of `@eventwright/core`. */
export function compileFlow(flow: Flow, deciders: Deciders): CompiledFlow {
  const catalog = flowCatalog(flow)
  const checkPayload = payloadCheck(flow)
  const sagas = [...flow.sagas.values()].map((saga) => compileSaga(saga, flow, catalog))
  const projections = [...flow.projections.values()].map((projection) =>
    compileProjection(projection, catalog),
  )
  const compiled = (now: () => string) => (name: string) => {
    const aggregate = flow.aggregates.get(name)
    return aggregate ? [compileAggregate(aggregate, { flow, catalog, deciders, now, checkPayload })] : []
  }
  return {
    flow,
    catalog,
    parts: (now) => {
      const services = [...flow.services.values()].map((one) =>
        service(one.name, { ...topicOf(one), run: one.aggregates.flatMap(compiled(now)) }),
      )
      return [...services, ...sagas, ...projections]
    },
    command: (type, id, data) => ({ type, aggregate: flow.commands.get(type)?.aggregate ?? '', id, data }),
    streamOf: (event, id) => streamOf(flow.events.get(event)?.aggregate ?? '', id),
  }
}

function topicOf({ topic }: Service): { readonly topic?: ServiceTopic } {
  if (!topic) return {}
  return { topic: { name: topic.name, partitions: topic.partitions, publish: topic.events } }
}
