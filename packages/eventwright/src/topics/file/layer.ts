import { type Place, suggestion } from '../../findings/index.ts'
import { type Entry, entriesOf, type Tree, textOf } from '../../flow/index.ts'
import type { TopicReport } from '../codes.ts'
import { readValue, TOPIC_CONFIGS, topicConfig } from '../kafka/index.ts'
import { type Placed, type Setting, USES, type Use } from '../model.ts'

/** What one place of the file says about a topic; the nearer place wins, key by key. */
export type Layer = {
  readonly use?: Placed<Use>
  readonly keyed?: boolean
  readonly of?: Placed<string>
  readonly owner?: string
  readonly partitions?: Placed<number>
  readonly replication?: Placed<number>
  readonly settings: ReadonlyMap<string, Setting>
}

/** The short names of settings; every key of Kafka's own is taken as well. */
export const SHORT: Readonly<Record<string, string>> = {
  retention: 'retention.ms',
  'retention-size': 'retention.bytes',
  cleanup: 'cleanup.policy',
  'min-in-sync': 'min.insync.replicas',
  'max-message-bytes': 'max.message.bytes',
  compression: 'compression.type',
}

type Writable = { -readonly [Key in keyof Layer]: Layer[Key] } & { settings: Map<string, Setting> }
type Reader = (layer: Writable, entry: Entry, report: TopicReport) => void

const READERS: Readonly<Record<string, Reader>> = {
  use: (layer, { value }, report) => {
    const use = USES.find((one) => one === textOf(value))
    if (use !== undefined) layer.use = { value: use, place: value.place }
    else report('unknown-use', value.place, `There is no use \`${textOf(value) ?? ''}\`.`, mendUse)
  },
  keyed: (layer, { value }, report) => {
    const text = textOf(value)
    if (text === 'true' || text === 'false') layer.keyed = text === 'true'
    else report('wrong-shape', value.place, '`keyed` is true or false.', 'Write `true` or `false`.')
  },
  of: (layer, entry, report) => {
    const text = plainText(entry, report)
    if (text !== undefined) layer.of = { value: text, place: entry.value.place }
  },
  owner: (layer, entry, report) => {
    const text = plainText(entry, report)
    if (text !== undefined) layer.owner = text
  },
  doc: (_, entry, report) => void plainText(entry, report),
  partitions: (layer, entry, report) => {
    const count = countOf(entry, report)
    if (count !== undefined) layer.partitions = { value: count, place: entry.value.place }
  },
  replication: (layer, entry, report) => {
    const count = countOf(entry, report)
    if (count !== undefined) layer.replication = { value: count, place: entry.value.place }
  },
}

const mendUse = `Write one of ${USES.join(', ')}.`

/** Reads the settings of a map; of a topic also a plain text, which is its use. */
export function readLayer(tree: Tree, report: TopicReport): Layer {
  const layer: Writable = { settings: new Map() }
  if (tree.kind === 'list') {
    report('wrong-shape', tree.place, 'A list stands here.', 'Write the settings as `key: value`.')
  }
  if (tree.kind === 'scalar' && tree.value !== null) {
    READERS.use?.(layer, { key: 'use', place: tree.place, value: tree }, report)
  }
  for (const entry of entriesOf(tree)) {
    const read = Object.hasOwn(READERS, entry.key) ? READERS[entry.key] : undefined
    if (read !== undefined) read(layer, entry, report)
    else readSetting(layer, entry, report)
  }
  return layer
}

function readSetting(layer: Writable, { key: written, place, value }: Entry, report: TopicReport): void {
  const short = Object.hasOwn(SHORT, written) ? SHORT[written] : undefined
  const key = short ?? written
  const config = topicConfig(key)
  const text = value.kind === 'list' ? value.items.map((item) => textOf(item) ?? '').join(',') : textOf(value)
  if (config === undefined) unknown(written, place, report)
  else if (text === undefined) {
    report('wrong-shape', value.place, `\`${written}\` has no plain value.`, 'Write one value.')
  } else if (text === 'default') {
    layer.settings.set(key, { value: null, place: value.place, written })
  } else {
    const bare = short === undefined || /bytes|size/.test(written)
    // A compression of `none` is what people say; Kafka calls it otherwise.
    const read = readValue(
      config,
      key === 'compression.type' && text === 'none' ? 'uncompressed' : text,
      bare,
    )
    if ('value' in read) layer.settings.set(key, { value: read.value, place: value.place, written })
    else report('config-value', value.place, `\`${written}\`: ${read.wrong}`, read.mend)
  }
}

function unknown(written: string, place: Place, report: TopicReport): void {
  const names = [...Object.keys(READERS), ...Object.keys(SHORT), ...Object.keys(TOPIC_CONFIGS)]
  report('config-unknown', place, `Kafka has no topic setting \`${written}\`.`, suggestion(written, names))
}

function plainText({ key, value }: Entry, report: TopicReport): string | undefined {
  const text = textOf(value)
  if (text === undefined) report('wrong-shape', value.place, `\`${key}\` is a text.`, 'Write a text.')
  return text
}

/** A number of partitions, copies or brokers. */
export function countOf({ key, value }: Entry, report: TopicReport): number | undefined {
  const number = value.kind === 'scalar' ? value.value : undefined
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 1_000_000)
    return number
  report('config-value', value.place, `\`${key}\` is a whole number from 1 on.`, 'Write such a number.')
  return undefined
}

/** The layers as one, the later over the earlier. */
export function merged(layers: readonly Layer[]): Layer {
  const settings = new Map(layers.flatMap((layer) => [...layer.settings]))
  return Object.assign({}, ...layers, { settings })
}
