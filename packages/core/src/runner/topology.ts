import type { AggregateDefinition } from '../aggregate/index.ts'
import type { ConsumerDefinition } from '../delivery/index.ts'
import { collectionsOf, type ProjectionDefinition } from '../projection/index.ts'
import { heardBy, type SagaDefinition } from '../saga/index.ts'
import { InvalidTopology } from './errors.ts'
import { partOf, type Runnable, type Service, type ServiceTopic } from './service.ts'

/** A service and the topics that it is spoken to and heard on. */
export interface PlannedService {
  readonly name: string
  readonly elsewhere: boolean
  readonly commandTopic: string
  readonly eventTopic: string
  readonly partitions?: number
  readonly publish: 'all' | readonly string[]
  readonly aggregates: readonly AggregateDefinition[]
}

/** Which part talks to which over what. Computed from the definitions alone. */
export interface Topology {
  readonly services: readonly PlannedService[]
  /** Those that run in this process. */
  readonly sagas: readonly SagaDefinition[]
  readonly projections: readonly ProjectionDefinition[]
  readonly consumers: readonly ConsumerDefinition[]
  /** The service that has an aggregate, by the aggregate's name. */
  readonly serviceOf: ReadonlyMap<string, PlannedService>
  /** Event types that sagas hear, which are published for them. */
  readonly heard: ReadonlySet<string>
}

/** Computes who publishes and hears what. @throws InvalidTopology */
export function planTopology(
  app: string,
  run: readonly (Runnable | Service)[],
  topic: ServiceTopic = {},
): Topology {
  const own = run.flatMap((item) => (isService(item) ? [] : [partOf(item)]))
  const services = [{ name: app, topic, run: own, elsewhere: false }, ...run.filter(isService)]
  const here = services.filter(({ elsewhere }) => !elsewhere).flatMap((service) => service.run)
  const sagas = here.filter((item) => item.kind === 'saga')
  const projections = here.filter((item) => item.kind === 'projection')
  const consumers = here.filter((item) => item.kind === 'consumer')
  const planned = services.map(planService)
  unique('service', services, 'Give one of them another name.')
  unique('saga', sagas, 'Their states would stand in the same streams: give one of them another name.')
  unique('projection', projections, 'Run one version of a projection in a process.')
  unique('topic', topicsOf(planned), 'Give one of the services another topic.')
  unique(
    'consumer group',
    [...services, ...consumers],
    'A consumer may not have the name of a service or another consumer.',
  )
  checkCollections(projections)
  const topology = {
    services: planned,
    sagas,
    projections,
    consumers,
    serviceOf: servicesByAggregate(planned),
    heard: new Set(sagas.flatMap((saga) => [...heardBy(saga)])),
  }
  for (const saga of sagas) checkHeard(topology, saga)
  return topology
}

function isService(item: Runnable | Service): item is Service {
  return 'kind' in item && item.kind === 'service'
}

function planService({ name, topic, run, elsewhere }: Omit<Service, 'kind'>): PlannedService {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(name)) {
    throw new InvalidTopology(
      `'${name}' cannot name a service: it names topics, so use letters, digits, . _ -`,
    )
  }
  const contract = run.find((item) => item.kind === 'aggregate' && item.contract === true)
  if (contract !== undefined && !elsewhere) {
    throw new InvalidTopology(
      `Nobody here decides the commands of ${contract.name}, which is a contract: run the aggregate in '${name}', ` +
        `or declare where it runs: service(NAME, { elsewhere: true, run: [${contract.name}] }).`,
    )
  }
  return {
    name,
    elsewhere,
    commandTopic: `${name}.commands`,
    eventTopic: topic.name ?? `${name}.events`,
    ...(topic.partitions === undefined ? {} : { partitions: topic.partitions }),
    publish: topic.publish ?? [],
    aggregates: run.filter((item) => item.kind === 'aggregate'),
  }
}

/** The topics that have a writer or a reader in this app. */
export function topicsOf(services: readonly PlannedService[]): readonly { readonly name: string }[] {
  return services.flatMap(({ commandTopic, eventTopic }) => [{ name: commandTopic }, { name: eventTopic }])
}

/**
 * The event topics that a saga listens to: of every service that has aggregates, since which of them its steps
 * send to is known only when they run, and each answers on its own topic. What no saga hears is not there.
 */
export function heardTopics(topology: Topology): readonly string[] {
  return topology.services.filter(speaks).map(({ eventTopic }) => eventTopic)
}

/** Whether a service has anything to say: an aggregate, or (elsewhere) a topic that was named. */
export function speaks({ aggregates, elsewhere }: PlannedService): boolean {
  return elsewhere || aggregates.length > 0
}

function unique(what: string, items: readonly { readonly name: string }[], mend: string): void {
  const seen = new Set<string>()
  for (const { name } of items) {
    if (seen.has(name)) throw new InvalidTopology(`There are two ${what}s named '${name}'. ${mend}`)
    seen.add(name)
  }
}

function checkCollections(projections: readonly ProjectionDefinition[]): void {
  const owners = new Map<string, string>()
  for (const projection of projections) {
    for (const collection of collectionsOf(projection)) {
      const owner = owners.get(collection)
      if (owner !== undefined) {
        throw new InvalidTopology(
          `Projections '${owner}' and '${projection.name}' both own the collection '${collection}': leave it to one.`,
        )
      }
      owners.set(collection, projection.name)
    }
  }
}

function servicesByAggregate(services: readonly PlannedService[]): ReadonlyMap<string, PlannedService> {
  const owners = new Map<string, PlannedService>()
  for (const service of services) {
    for (const { name } of service.aggregates) {
      const owner = owners.get(name)
      if (owner) {
        throw new InvalidTopology(
          `There are two aggregates named '${name}', in the services ${owner.name} and ${service.name}: ` +
            'their streams would be the same. Give one of them another name.',
        )
      }
      owners.set(name, service)
    }
  }
  return owners
}

/** A saga that hears what nobody says would wait for ever. */
function checkHeard({ services }: Topology, saga: SagaDefinition): void {
  const silent = [...heardBy(saga)].find((type) => !services.some((service) => mayPublish(service, type)))
  if (silent === undefined) return
  throw new InvalidTopology(
    `Saga '${saga.name}' hears ${silent}, which no service of the app publishes: run the aggregate that gives it, ` +
      `or declare its service: service(NAME, { elsewhere: true, topic: { publish: ['${silent}'] } }).`,
  )
}

function mayPublish({ aggregates, publish, elsewhere }: PlannedService, type: string): boolean {
  if (publish === 'all' || publish.includes(type)) return true
  if (elsewhere && aggregates.length === 0) return false
  return aggregates.some(({ catalog }) => catalog.types.size === 0 || catalog.types.has(type))
}
