import { readable, topicConfig } from './kafka/index.ts'
import type { Actual, ActualTopic, Use } from './model.ts'

const SHOWN_DEFAULTS = ['cleanup.policy', 'retention.ms', 'min.insync.replicas', 'max.message.bytes']

/** A topic file that says what a live cluster has: planning it against the same cluster gives no change. */
export function topicFileOf(actual: Actual, environment: string, bootstrap: readonly string[]): string {
  const topics = [...actual.topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return [
    '# Read from a live cluster by `eventwright topics import`. `use` is guessed from the names and the clean-up.',
    '# A commented line is the default that holds there; without the # it would be pinned on the topic.',
    'eventwright-topics: 1',
    '',
    'environments:',
    `  ${quoted(environment)}:`,
    `    brokers: ${actual.brokers}`,
    `    bootstrap: [${bootstrap.map(quoted).join(', ')}]`,
    `    cluster: ${quoted(actual.cluster)} # plan and apply refuse any other`,
    '',
    topics.length === 0 ? 'topics: {}' : 'topics:',
    ...topics.flatMap(topicLines),
    '',
  ].join('\n')
}

function topicLines(topic: ActualTopic): string[] {
  const { name, partitions, replication, settings } = topic
  const own = [...settings].filter(([key, { own }]) => own && topicConfig(key) !== undefined).sort(byKey)
  const rest = SHOWN_DEFAULTS.filter((key) => settings.get(key)?.own === false)
  return [
    `  ${quoted(name)}:`,
    `    use: ${useOf(topic)}`,
    `    partitions: ${partitions}`,
    `    replication: ${replication}`,
    ...own.map(([key, { value }]) => `    ${key}: ${quoted(shown(key, value))}`),
    ...rest.map((key) => `    # ${key}: ${shown(key, settings.get(key)?.value ?? '')}`),
  ]
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function shown(key: string, value: string): string {
  return readable(topicConfig(key), value)
}

function useOf({ name, settings }: ActualTopic): Use {
  if (/(^|[.-])(dlq|dlt|dead-letters?)$/.test(name)) return 'dead-letters'
  if (/[.-]commands$/.test(name)) return 'commands'
  return settings.get('cleanup.policy')?.value.includes('compact') ? 'state' : 'events'
}

/** Quoted where YAML would take it for something else than text; a plain number with a unit is text already. */
function quoted(text: string): string {
  const word =
    /^[A-Za-z_][A-Za-z0-9._/-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
  const amount = /^[1-9]\d*(ms|s|m|h|d|KiB|MiB|GiB)?$/.test(text)
  return word || amount ? text : `'${text.replaceAll("'", "''")}'`
}
