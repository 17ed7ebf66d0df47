import { isDeepStrictEqual } from 'node:util'
import { heardBy } from '../saga/index.ts'
import type { EventStore } from '../store/index.ts'
import type { PlannedService, Topology } from './topology.ts'

const COLLECTION = 'eventwright.declared'
const ID = 'routes'

/** Where an aggregate is spoken to and heard, as an app said. */
export interface DeclaredAggregate {
  readonly service: string
  readonly elsewhere: boolean
  readonly commandTopic: string
  readonly eventTopic: string
  readonly publish: 'all' | readonly string[]
  readonly namespace: string
  /** Of types whose namespace is another, where catalogs were merged. */
  readonly namespaces: { readonly [type: string]: string }
}

interface Declared {
  readonly aggregates: { readonly [aggregate: string]: DeclaredAggregate }
  /** Event types by the saga that hears them. */
  readonly heard: { readonly [saga: string]: readonly string[] }
}

const NOTHING: Declared = { aggregates: {}, heard: {} }

/**
 * What all apps of a store publish. They share its relay, whichever of them runs it, and an app that knew
 * only its own `run` would pass over the events of the others as private.
 */
export interface Declarations {
  /** Writes down what this app publishes and hears: before it may append anything. */
  declare(topology: Topology): Promise<void>
  /** Reads what was written down; the other functions tell of the last reading. */
  look(): Promise<void>
  of(aggregate: string): DeclaredAggregate | undefined
  isHeard(type: string): boolean
}

export function declarations(store: EventStore): Declarations {
  let known = NOTHING
  let heard: ReadonlySet<string> = new Set()

  return {
    async declare(topology) {
      await store.transaction(async (tx) => {
        const documents = tx.documents<Declared>(COLLECTION)
        const before = (await documents.get(ID)) ?? NOTHING
        const after = withOwn(before, topology)
        if (!isDeepStrictEqual(before, after)) documents.put(ID, after)
      })
    },
    async look() {
      known = (await store.documents<Declared>(COLLECTION).get(ID)) ?? NOTHING
      heard = new Set(Object.values(known.heard).flat())
    },
    of: (aggregate) => (Object.hasOwn(known.aggregates, aggregate) ? known.aggregates[aggregate] : undefined),
    isHeard: (type) => heard.has(type),
  }
}

/** Who runs an aggregate knows it best; one that only says where it runs adds what nobody said. */
function withOwn(before: Declared, { services, sagas }: Topology): Declared {
  const own = services
    .flatMap(declaredOf)
    .filter(([name, { elsewhere }]) => !elsewhere || (before.aggregates[name]?.elsewhere ?? true))
  const heard = sagas.map((saga) => [saga.name, [...heardBy(saga)].sort()] as const)
  return {
    aggregates: { ...before.aggregates, ...Object.fromEntries(own) },
    heard: { ...before.heard, ...Object.fromEntries(heard) },
  }
}

function declaredOf(service: PlannedService): readonly (readonly [string, DeclaredAggregate])[] {
  const { name, elsewhere, commandTopic, eventTopic, publish } = service
  return service.aggregates.map((aggregate) => {
    const { namespace, types, namespaceOf } = aggregate.catalog
    const others = [...types].map((type) => [type, namespaceOf(type)] as const)
    const namespaces = Object.fromEntries(others.filter(([, other]) => other !== namespace))
    const declared = { service: name, elsewhere, commandTopic, eventTopic, publish, namespace, namespaces }
    return [aggregate.name, declared] as const
  })
}
