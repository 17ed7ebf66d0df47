import type { TopicReport } from '../codes.ts'
import type { Desired, DesiredTopic, Placed, Setting, Use } from '../model.ts'
import type { EnvironmentLayers, TopicDocument, TopicLayer } from './document.ts'
import { type Layer, merged } from './layer.ts'
import { BUILT_IN_FILE } from './uses.ts'

const PARTITIONS = 6

/** The topics of a file as they should be in one environment, or in none where the file has none. */
export function resolve(
  document: TopicDocument,
  environment: EnvironmentLayers | undefined,
  report: TopicReport,
): Desired {
  const names = new Set(document.topics.map(({ name }) => name))
  for (const { name, place } of environment?.topics ?? []) {
    if (names.has(name)) continue
    const message = `\`${name}\` is changed here, and there is no such topic.`
    report('environment-unknown-topic', place, message, 'Declare it under `topics:`, or remove this.')
  }
  const topics = document.topics.map((topic) => desired(document, environment, topic))
  return environment === undefined ? { topics } : { environment: environment.environment, topics }
}

function desired(
  document: TopicDocument,
  environment: EnvironmentLayers | undefined,
  { name, place, layer }: TopicLayer,
): DesiredTopic {
  const use: Use = layer.use?.value ?? 'events'
  const own = environment?.topics.filter((topic) => topic.name === name).map((topic) => topic.layer) ?? []
  const layers: Layer[] = [document.defaults, document.uses.get(use) ?? { settings: new Map() }, layer]
  if (environment !== undefined) layers.push(environment.settings, ...own)
  const { keyed, of, owner, partitions, replication, settings } = merged(layers)
  const nearest = merged(layers.slice(2)).partitions
  const source = of && document.topics.find((topic) => topic.name === of.value)
  const inherited = source && desired(document, environment, { ...source, layer: withoutOf(source.layer) })
  // What no file of the user says is shown where the topic stands.
  const visible = <T extends Placed<unknown>>(given: T): T =>
    given.place.file === BUILT_IN_FILE ? { ...given, place } : given
  return {
    name,
    use,
    place,
    partitions: visible(nearest ?? inherited?.partitions ?? partitions ?? { value: PARTITIONS, place }),
    replication: visible(replication ?? { value: environment?.environment.brokers === 1 ? 1 : 3, place }),
    keyed: keyed ?? true,
    settings: new Map([...settings].map(([key, setting]): [string, Setting] => [key, visible(setting)])),
    ...(of === undefined ? {} : { of }),
    ...(owner === undefined ? {} : { owner }),
  }
}

/** Dead letters of dead letters of themselves would never end. */
function withoutOf({ of: _, ...layer }: Layer): Layer {
  return layer
}
