import {
  type EventMap,
  InvalidPayload,
  isTechnical,
  type NewEvent,
  type PendingEvent,
} from '../event/index.ts'
import type { Catalog, Upcaster } from './catalog.ts'
import { InvalidCatalog, UnknownEventType } from './errors.ts'
import type { PayloadChecks } from './payload-check.ts'
import { type Schemas, typeSchemas } from './schema-sources.ts'

/** What a catalog is made of. */
export interface CatalogOptions<Type extends string = string> {
  /** `com.example.shop`: the prefix of the types on the wire. Not `eventwright`. */
  readonly namespace: string
  /**
   * JSON Schemas (draft 2020-12) or Standard Schemas by type, or the folder of JSON Schema files:
   * `OrderPlaced.json`, of older versions `OrderPlaced.v1.json`. Without any, only the form of payloads is checked.
   */
  readonly schemas?: Schemas
  /** From each older version to the next: `{ OrderPlaced: { 1: (old) => ({ ...old, currency: 'EUR' }) } }` makes version 2 the newest. */
  readonly upcasters?: { readonly [Name in Type]?: { readonly [from: number]: Upcaster } }
}

/** What a catalog knows of one type. */
interface TypeEntry {
  readonly newest: number
  readonly upcasters: readonly Upcaster[]
  readonly checks: ReadonlyMap<number, PayloadChecks>
}

/** Makes a catalog. @throws InvalidCatalog for what cannot be read, and where an upcaster is missing in a chain */
export function createCatalog<Map extends EventMap = EventMap>(options: CatalogOptions): Catalog<Map> {
  checkNamespace(options.namespace)
  const entries = entriesOf(options)
  const types = new Set(options.schemas === undefined ? [] : entries.keys())
  const newest = (type: string): number => entries.get(type)?.newest ?? 1
  return {
    namespace: options.namespace,
    namespaceOf: () => options.namespace,
    types,
    version: newest,
    prepare: (event) => {
      if (isTechnical(event.type)) return { ...event, schemaVersion: event.schemaVersion ?? 1 }
      if (types.size > 0 && !types.has(event.type))
        throw new UnknownEventType(event.type, types, options.namespace)
      return prepared(event, entries.get(event.type))
    },
    receive: (type, schemaVersion, data) => {
      const entry = entries.get(type)
      if (entry === undefined || schemaVersion > entry.newest) return data
      checkReceived(type, schemaVersion, data, entry)
      return data
    },
    upcast: (event) => upcast(event, entries.get(event.type)),
    isNewer: ({ type, schemaVersion }) =>
      !isTechnical(type) && (types.size === 0 || types.has(type)) && schemaVersion > newest(type),
  }
}

function checkNamespace(namespace: string): void {
  if (!/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/.test(namespace) || /^eventwright(\.|$)/.test(namespace)) {
    throw new InvalidCatalog(
      `"${namespace}" cannot be a namespace. Use words with dots between, such as com.example.shop; eventwright is taken.`,
    )
  }
}

function entriesOf(options: CatalogOptions): ReadonlyMap<string, TypeEntry> {
  const schemas = options.schemas === undefined ? [] : typeSchemas(options.schemas)
  const upcasters = options.upcasters ?? {}
  const types = new Set([...schemas.map(({ type }) => type), ...Object.keys(upcasters)])
  const entries = new Map<string, TypeEntry>()
  for (const type of types) {
    const own = schemas.filter((schema) => schema.type === type)
    if (options.schemas !== undefined && own.length === 0) {
      throw new InvalidCatalog(
        `There are upcasters for ${type}, and no schema. Add its schema, or mend the name.`,
      )
    }
    const steps = new Map(Object.entries(upcasters[type] ?? {}).map(([from, step]) => [Number(from), step]))
    const newest = Math.max(
      1,
      ...own.map(({ version }) => version ?? 1),
      ...[...steps.keys()].map((from) => from + 1),
    )
    const checks = new Map<number, PayloadChecks>()
    for (const { version = newest, place, checks: check } of own) {
      if (checks.has(version))
        throw new InvalidCatalog(`${place} is a second schema of ${type} version ${version}.`)
      checks.set(version, check)
    }
    if (own.length > 0 && !checks.has(newest)) {
      throw new InvalidCatalog(
        `${type} has no schema of its newest version ${newest}. Add ${type}.v${newest}.`,
      )
    }
    entries.set(type, { newest, upcasters: chainOf(type, newest, steps), checks })
  }
  return entries
}

function chainOf(type: string, newest: number, steps: ReadonlyMap<number, Upcaster>): readonly Upcaster[] {
  return Array.from({ length: newest - 1 }, (_, index) => {
    const step = steps.get(index + 1)
    if (step !== undefined) return step
    throw new InvalidCatalog(
      `${type} has no upcaster from version ${index + 1} to ${index + 2}. Add one: old events are still there.`,
    )
  })
}

function prepared<Event extends NewEvent>(
  event: Event,
  entry: TypeEntry | undefined,
): Event & { readonly schemaVersion: number } {
  const newest = entry?.newest ?? 1
  if (event.type.includes('.')) {
    throw new InvalidPayload(
      event.type,
      '',
      'stands under a type with a dot',
      'Leave the namespace to the catalog.',
    )
  }
  if (event.schemaVersion !== undefined && event.schemaVersion !== newest) {
    const problem = `has the schema version ${event.schemaVersion}, and the newest is ${newest}`
    throw new InvalidPayload(event.type, '', problem, 'Leave schemaVersion out: new events have the newest.')
  }
  const check = entry?.checks.get(newest)
  const data = check === undefined ? event.data : check.closed(event.data, event.type)
  return { ...event, data, schemaVersion: newest }
}

/** A payload of an old version whose schema is no longer there is checked as what it becomes. */
function checkReceived(type: string, schemaVersion: number, data: unknown, entry: TypeEntry): void {
  const own = entry.checks.get(schemaVersion)
  if (own !== undefined) own.open(data, type)
  else entry.checks.get(entry.newest)?.open(newestData(type, schemaVersion, data, entry), type)
}

function upcast<Event extends PendingEvent>(event: Event, entry: TypeEntry | undefined): Event {
  if (entry === undefined || event.schemaVersion >= entry.newest) return event
  const data = newestData(event.type, event.schemaVersion, event.data, entry)
  return { ...event, data, schemaVersion: entry.newest }
}

function newestData(type: string, schemaVersion: number, data: unknown, entry: TypeEntry): unknown {
  return entry.upcasters.slice(schemaVersion - 1).reduce((old, step, index) => {
    try {
      return step(old)
    } catch (cause) {
      const from = schemaVersion + index
      const reason = cause instanceof Error ? cause.message : String(cause)
      const problem = `could not be brought from version ${from} to ${from + 1}: ${reason}`
      throw new InvalidPayload(type, '', problem, 'Mend the upcaster: it must take every old payload.')
    }
  }, data)
}
