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
import type { OnFault } from './faults.ts'
import { payloadCheck } from './payload-check.ts'
import { compileProjection } from './projection.ts'
import { compileSaga } from './saga.ts'
import { type WrittenServices, writtenParts } from './written-parts.ts'

/** What `eventwright({ run })` takes. */
type RunItems = AppOptions['run']

/** What the parts need of the app that they are made for. */
export interface CompiledFor {
  readonly onFault: OnFault
}

/** A flow as the runtime takes it: services with their aggregates, sagas and projections. */
export interface CompiledFlow {
  readonly flow: Flow
  readonly catalog: Catalog
  /** The parts for one app. Schemas are compiled once for all apps. */
  parts(app: CompiledFor): RunItems
  /** A command from outside, as data. */
  command(type: string, id: string, data: Json): Command
  /** The stream that an event of this type stands in. */
  streamOf(event: string, id: string): string
}

/**
 * Compiles a flow that has no error onto aggregates, sagas and projections of `@eventwright/core`. Services that are
 * `written` by hand take the place of the flow's own: their aggregates, sagas and projections.
 */
export function compileFlow(flow: Flow, deciders: Deciders, written: WrittenServices = {}): CompiledFlow {
  const ofFlow = flowCatalog(flow)
  const { catalog } = writtenParts(flow, ofFlow, written)
  const checkPayload = payloadCheck(flow)
  return {
    flow,
    catalog,
    parts(app) {
      const own = writtenParts(flow, ofFlow, written)
      const replaced = new Set(own.others.map(({ name }) => name))
      const parts = { flow, catalog: own.catalog, deciders, checkPayload, ...app }
      const compiled = (name: string) => {
        const aggregate = flow.aggregates.get(name)
        return aggregate ? [compileAggregate(aggregate, parts)] : []
      }
      const left = <Part extends { readonly name: string }>(
        all: ReadonlyMap<string, Part>,
      ): readonly Part[] => [...all.values()].filter(({ name }) => !replaced.has(name))
      return [
        ...[...flow.services.values()].map((one) =>
          service(one.name, {
            ...topicOf(one),
            run: own.aggregates.get(one.name) ?? one.aggregates.flatMap(compiled),
          }),
        ),
        ...left(flow.sagas).map((saga) => compileSaga(saga, parts)),
        ...left(flow.projections).map((one) => compileProjection(one, own.catalog, app.onFault)),
        ...own.others,
      ]
    },
    command: (type, id, data) => ({ type, aggregate: flow.commands.get(type)?.aggregate ?? '', id, data }),
    streamOf: (event, id) => streamOf(flow.events.get(event)?.aggregate ?? '', id),
  }
}

function topicOf({ topic }: Service): { readonly topic?: ServiceTopic } {
  if (!topic) return {}
  return { topic: { name: topic.name, partitions: topic.partitions, publish: topic.events } }
}
