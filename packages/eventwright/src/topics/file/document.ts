import type { Place } from '../../findings/index.ts'
import { type Entry, entriesOf, itemsOf, parseTree, type Tree, textOf } from '../../flow/index.ts'
import type { TopicReport } from '../codes.ts'
import { type Environment, USES, type Use } from '../model.ts'
import { countOf, type Layer, readLayer } from './layer.ts'

/** A topic and what is said of it in one place. */
export type TopicLayer = { readonly name: string; readonly place: Place; readonly layer: Layer }

/** An environment with what it changes. */
export type EnvironmentLayers = {
  readonly environment: Environment
  readonly settings: Layer
  readonly topics: readonly TopicLayer[]
}

/** A topic file as written. */
export type TopicDocument = {
  readonly kafka?: string
  readonly pattern?: RegExp
  readonly defaults: Layer
  readonly uses: ReadonlyMap<Use, Layer>
  readonly topics: readonly TopicLayer[]
  readonly environments: readonly EnvironmentLayers[]
}

const VERSION = 'eventwright-topics'
const KEYS = [VERSION, 'kafka', 'names', 'defaults', 'uses', 'topics', 'environments']
const ENVIRONMENT_KEYS = ['brokers', 'bootstrap', 'cluster', 'settings', 'topics']
const NOTHING: Layer = { settings: new Map() }

/** Reads the text of a topic file. */
export function readDocument(file: string, text: string, report: TopicReport): TopicDocument {
  const tree = parseTree(file, text, (code, place, message, mend) =>
    report(
      code,
      place,
      message,
      code === 'empty-file' ? `Begin with \`${VERSION}: 1\` and \`topics:\`.` : mend,
    ),
  )
  const isOurs = tree !== undefined && checkVersion(tree, report)
  const parts = isOurs ? partsOf(tree, KEYS, 'The file', report) : new Map()
  const kafka = textOf(parts.get('kafka')?.value)
  const pattern = patternOf(parts.get('names'), report)
  return {
    ...(kafka === undefined ? {} : { kafka }),
    ...(pattern === undefined ? {} : { pattern }),
    defaults: layerOf(parts.get('defaults'), report),
    uses: usesOf(parts.get('uses'), report),
    topics: topicsOf(parts.get('topics'), report),
    environments: mapOf(parts.get('environments'), report).map((entry) => environmentOf(entry, report)),
  }
}

/** Whether it is a topic file: of any other one, each key would be a finding that helps nobody. */
function checkVersion(tree: Tree, report: TopicReport): boolean {
  const keys = entriesOf(tree)
  const entry = keys.find(({ key }) => key === VERSION)
  if (textOf(entry?.value) === '1') return true
  const place = entry?.value.place ?? { ...tree.place, length: 1 }
  const message = entry ? 'This program reads version 1 of the file.' : `The file lacks \`${VERSION}\`.`
  const isFlow = keys.some(({ key }) => key === 'eventwright')
  const mend = isFlow ? 'It is a flow: name it with `--flow`.' : `Write \`${VERSION}: 1\`.`
  report('unsupported-version', place, message, mend)
  return entry !== undefined
}

/** The known keys of a map; everything else is a finding. */
function partsOf(
  tree: Tree,
  keys: readonly string[],
  what: string,
  report: TopicReport,
): ReadonlyMap<string, Entry> {
  if (tree.kind !== 'map') report('wrong-shape', tree.place, `${what} is no map.`, 'Write `key: value`.')
  for (const { key, place } of entriesOf(tree)) {
    if (keys.includes(key)) continue
    report('unknown-key', place, `${what} has no key \`${key}\`.`, `There are ${keys.join(', ')}.`)
  }
  return new Map(entriesOf(tree).map((entry) => [entry.key, entry]))
}

function patternOf(entry: Entry | undefined, report: TopicReport): RegExp | undefined {
  const text = textOf(entry?.value)
  if (entry === undefined || text === undefined) return undefined
  try {
    return new RegExp(text, 'u')
  } catch {
    report('wrong-shape', entry.value.place, `\`${text}\` is no pattern.`, 'Write a regular expression.')
    return undefined
  }
}

function mapOf(entry: Entry | undefined, report: TopicReport): readonly Entry[] {
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) return []
  if (entry.value.kind !== 'map') {
    report('wrong-shape', entry.value.place, `\`${entry.key}\` is no map.`, 'Write `name: …`.')
  }
  return entriesOf(entry.value)
}

function layerOf(entry: Entry | undefined, report: TopicReport): Layer {
  return entry === undefined ? NOTHING : readLayer(entry.value, report)
}

function usesOf(entry: Entry | undefined, report: TopicReport): ReadonlyMap<Use, Layer> {
  const layers = new Map<Use, Layer>()
  for (const { key, place, value } of mapOf(entry, report)) {
    const use = USES.find((one) => one === key)
    if (use === undefined) {
      report('unknown-use', place, `There is no use \`${key}\`.`, `There are ${USES.join(', ')}.`)
    } else layers.set(use, readLayer(value, report))
  }
  return layers
}

function topicsOf(entry: Entry | undefined, report: TopicReport): TopicLayer[] {
  return mapOf(entry, report).map(({ key, place, value }) => ({
    name: key,
    place,
    layer: readLayer(value, report),
  }))
}

function environmentOf({ key, place, value }: Entry, report: TopicReport): EnvironmentLayers {
  const parts = partsOf(value, ENVIRONMENT_KEYS, `The environment \`${key}\``, report)
  const counted = parts.get('brokers')
  const brokers = counted && countOf(counted, report)
  const cluster = textOf(parts.get('cluster')?.value)
  const bootstrap = itemsOf(parts.get('bootstrap')?.value).map((item) => textOf(item) ?? '')
  return {
    environment: {
      name: key,
      place,
      bootstrap,
      ...(brokers === undefined ? {} : { brokers }),
      ...(cluster === undefined ? {} : { cluster }),
    },
    settings: layerOf(parts.get('settings'), report),
    topics: topicsOf(parts.get('topics'), report),
  }
}
