import type { AggregateDefinition, AppOptions, Catalog, Command, EventMap } from '@eventwright/core'
import type { Flow } from '../model/index.ts'
import { asObject } from './plain.ts'

/** What `eventwright({ run })` takes. */
type RunItems = AppOptions['run']
type Item = RunItems[number]
type Definition = Exclude<Item, { readonly definition: unknown } | { readonly kind: 'service' }>

/**
 * Parts written by hand, by the service of the flow that they stand for. Their aggregates have the names, and their
 * events the types, that the flow gives them; commands carry their data without the aggregate's id. Given as a
 * function they are made for each app anew, so that what they remember outside the store is gone after a crash.
 */
export type WrittenServices = Readonly<Record<string, RunItems | (() => RunItems)>>

/** Parts written by hand, ready to run with those of a flow. */
export interface WrittenParts {
  readonly catalog: Catalog
  /** By service. */
  readonly aggregates: ReadonlyMap<string, readonly AggregateDefinition[]>
  /** Sagas, projections and consumers. */
  readonly others: readonly Exclude<Definition, AggregateDefinition>[]
}

/** Brings parts written by hand onto one catalog with the flow's. Throws a `RangeError` for a service that it has not. */
export function writtenParts(flow: Flow, flowCatalog: Catalog, services: WrittenServices): WrittenParts {
  for (const name of Object.keys(services)) {
    if (!flow.services.has(name)) {
      const known = [...flow.services.keys()].join(', ')
      throw new RangeError(
        `The flow ${flow.name} has no service ${name} to be written by hand. It has: ${known}.`,
      )
    }
  }
  const parts = Object.entries(services).map(
    ([service, items]) => [service, made(items).flatMap(definitionsIn).filter(isOwn)] as const,
  )
  const catalog = joined(flow, flowCatalog, parts)
  const moved = parts.map(
    ([service, own]) => [service, own.map((part) => ({ ...part, catalog }) satisfies Definition)] as const,
  )
  return {
    catalog,
    aggregates: new Map(
      moved.map(([service, own]) => [
        service,
        own.filter((part) => part.kind === 'aggregate').map((part) => withoutId(part, flow)),
      ]),
    ),
    others: moved.flatMap(([, own]) => own.filter((part) => part.kind !== 'aggregate')),
  }
}

function made(items: RunItems | (() => RunItems)): RunItems {
  return typeof items === 'function' ? items() : items
}

function definitionsIn(item: Item): readonly Definition[] {
  if ('definition' in item) return [item.definition]
  if (item.kind !== 'service') return [item]
  return item.elsewhere ? [] : item.run
}

/** The contract of another service only makes commands. */
function isOwn(part: Definition): boolean {
  return part.kind !== 'aggregate' || part.contract !== true
}

/** The flow says the id in every message; what is written by hand has it beside the data. */
function withoutId(part: AggregateDefinition, flow: Flow): AggregateDefinition {
  const id = flow.aggregates.get(part.name)?.id.name
  const own = (command: Command): Command => {
    const { [id ?? '']: _id, ...data } = asObject(command.data)
    return { ...command, data }
  }
  return {
    ...part,
    decide: (state, command, now) => part.decide(state, own(command), now),
    ...(part.check ? { check: (command: Command) => part.check?.(own(command)) } : {}),
  }
}

/** The events of a service written by hand are checked and brought up by its own catalog, all others by the flow's. */
function joined(
  flow: Flow,
  flowCatalog: Catalog,
  parts: readonly (readonly [string, readonly Definition[]])[],
): Catalog {
  const owners = new Map<string, Catalog>()
  for (const [service, own] of parts) {
    for (const { catalog } of own) {
      for (const type of catalog.types) {
        if (flow.events.get(type)?.service === service) owners.set(type, catalog)
      }
    }
  }
  const ownerOf = (type: string): Catalog => owners.get(type) ?? flowCatalog
  return {
    namespace: flowCatalog.namespace,
    namespaceOf: (type) => ownerOf(type).namespaceOf(type),
    types: flowCatalog.types,
    version: (type) => ownerOf(type).version(type),
    prepare: (event) => ownerOf(event.type).prepare(event),
    receive: (type, schemaVersion, data) => ownerOf(type).receive(type, schemaVersion, data),
    upcast: (event) => ownerOf(event.type).upcast(event),
    isNewer: (event) => ownerOf(event.type).isNewer(event),
  } satisfies Catalog<EventMap>
}
