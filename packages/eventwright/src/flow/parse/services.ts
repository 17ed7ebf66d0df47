import type { Json, Place, Service, Topic } from '../model/index.ts'
import { readAggregate } from './aggregate.ts'
import { type Reading, text } from './reading.ts'
import { at, dataOf, type Entry, entriesOf, type Tree } from './tree.ts'

const PARTITIONS = 6

/** A service as written, before it is known who hears it. */
export type ServiceShell = {
  readonly name: string
  readonly place: Place
  readonly aggregates: readonly string[]
  readonly topic?: Tree
}

/** Reads services, and through them aggregates, commands and events, into the reading. */
export function readServices(entries: readonly Entry[], reading: Reading): Map<string, ServiceShell> {
  const services = new Map<string, ServiceShell>()
  for (const entry of entries) {
    if (services.has(entry.key)) {
      reading.report(
        'duplicate-name',
        entry.place,
        `There is another service \`${entry.key}\` in the flow.`,
        'Put its aggregates into one service, or rename one.',
      )
      continue
    }
    const aggregates = entriesOf(at(entry.value, 'aggregates')).filter((aggregate) =>
      readAggregate(aggregate, entry.key, reading),
    )
    const topic = at(entry.value, 'topic')
    const shell = { name: entry.key, place: entry.place, aggregates: aggregates.map((a) => a.key) }
    services.set(entry.key, topic === undefined ? shell : { ...shell, topic })
  }
  return services
}

/** Settles the topics: the declared ones, and an internal one for a service that only sagas of the flow hear. */
export function settleTopics(
  shells: ReadonlyMap<string, ServiceShell>,
  flow: string,
  heard: ReadonlySet<string>,
  reading: Reading,
): { services: Map<string, Service>; topics: Map<string, Topic> } {
  const services = new Map<string, Service>()
  const topics = new Map<string, Topic>()
  for (const shell of shells.values()) {
    const published = [...reading.events.values()]
      .filter((e) => e.service === shell.name && !e.private)
      .map((e) => e.name)
    const topic =
      shell.topic === undefined
        ? internalTopic(
            shell,
            flow,
            published.filter((e) => heard.has(e)),
          )
        : declaredTopic(shell, shell.topic, published)
    const { name, place, aggregates } = shell
    services.set(name, topic === undefined ? { name, place, aggregates } : { name, place, aggregates, topic })
    if (topic === undefined) continue
    if (topics.has(topic.name)) {
      reading.report(
        'duplicate-name',
        topic.place,
        `Another service publishes to \`${topic.name}\` already.`,
        'Give each service a topic of its own.',
      )
    }
    topics.set(topic.name, topic)
  }
  return { services, topics }
}

function declaredTopic(shell: ServiceShell, tree: Tree, events: readonly string[]): Topic {
  const data: Json = tree.kind === 'map' ? dataOf(tree) : {}
  const {
    name: _,
    partitions,
    ...settings
  } = typeof data === 'object' && data !== null && !Array.isArray(data)
    ? (data as { [key: string]: Json })
    : {}
  const name = tree.kind === 'map' ? text(at(tree, 'name')) : text(tree)
  const place = at(tree, 'name')?.place ?? tree.place
  return {
    name,
    service: shell.name,
    internal: false,
    partitions: typeof partitions === 'number' ? partitions : PARTITIONS,
    settings,
    events,
    place,
  }
}

function internalTopic(shell: ServiceShell, flow: string, events: readonly string[]): Topic | undefined {
  if (events.length === 0) return undefined
  return {
    name: `${flow}.${shell.name}.internal`,
    service: shell.name,
    internal: true,
    partitions: PARTITIONS,
    settings: {},
    events,
    place: shell.place,
  }
}
