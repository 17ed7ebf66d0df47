import type { Document, Node, Pair, ParsedNode } from 'yaml'
import { DEEPEST } from '../text/json-text.ts'
import { pointerStep, type ScannedText, type Span, type TextFault } from '../text/span.ts'

/** A value of a YAML text, read: as JSON has it, with the places of its parts in the whole text. */
export type YamlValue = ScannedText & { readonly value: unknown }

type Yaml = typeof import('yaml')
type Parsed = Document.Parsed<ParsedNode>

/** Reads a YAML text: each document is an event, or a list of events. */
export async function readYaml(text: string): Promise<readonly YamlValue[]> {
  const yaml = await import('yaml')
  const values: YamlValue[] = []
  const documents = yaml.parseAllDocuments(text, { prettyErrors: false })
  for (const document of 'empty' in documents ? [] : documents) values.push(...valuesOf(document, yaml))
  return values
}

function valuesOf(document: Parsed, yaml: Yaml): readonly YamlValue[] {
  const tooDeep = document.errors.find(({ message }) => /call stack|stack overflow/i.test(message))
  const faults = tooDeep === undefined ? document.errors.map(faultOf) : [deepFault(tooDeep.pos[0])]
  const broken = faults.some(({ code }) => code !== 'duplicate-key')
  if (broken) return [{ value: undefined, spans: new Map(), faults }]
  const { contents } = document
  if (contents === null || (yaml.isScalar(contents) && contents.value === null && contents.source === ''))
    return []
  if (!yaml.isSeq(contents)) return [readValue(contents, document, faults, yaml)]
  return contents.items.map((item, index) =>
    readValue(item as ParsedNode, document, index === 0 ? faults : [], yaml),
  )
}

function readValue(node: ParsedNode, document: Parsed, before: readonly TextFault[], yaml: Yaml): YamlValue {
  const walk = new YamlWalk(document, yaml)
  try {
    const value: unknown = node.toJS(document, { maxAliasCount: 100 })
    walk.through(node, '', 0)
    return { value, spans: walk.spans, faults: [...before, ...walk.faults] }
  } catch (error) {
    if (error instanceof RangeError)
      return { value: undefined, spans: walk.spans, faults: [...before, deepFault(node.range[0])] }
    const reason = error instanceof Error ? error.message : String(error)
    const [start = 0] = node.range ?? []
    const message = `The value cannot be read: ${reason.replace(/\.$/, '')}.`
    const mend = 'Write it out, without aliases that multiply and without deep nesting.'
    const fault: TextFault = { code: 'yaml-syntax', start, end: start + 1, message, mend }
    return { value: undefined, spans: walk.spans, faults: [...before, fault] }
  }
}

/** Goes through one value, and keeps where its parts stand and what is wrong with them as texts. */
class YamlWalk {
  readonly spans = new Map<string, Span>()
  readonly faults: TextFault[] = []
  private readonly document: Parsed
  private readonly yaml: Yaml

  constructor(document: Parsed, yaml: Yaml) {
    this.document = document
    this.yaml = yaml
  }

  through(part: Node | null, pointer: string, depth: number, key?: Span['key']): void {
    const { yaml } = this
    const meant = yaml.isAlias(part) ? part.resolve(this.document) : part
    const [start = 0, valueEnd = 0] = part?.range ?? []
    const end = Math.max(valueEnd, start + 1)
    this.spans.set(pointer, { start, end, ...(key && { key }) })
    if (yaml.isScalar(meant))
      this.faults.push(...scalarFaults(meant.value, meant.source, { pointer, start, end }))
    else if (depth === DEEPEST) this.faults.push({ code: 'too-deep', start, end: start + 1, ...TOO_DEEP })
    else if (yaml.isSeq(meant)) {
      for (const [index, item] of meant.items.entries())
        this.through(item as Node, `${pointer}/${index}`, depth + 1)
    } else if (yaml.isMap(meant)) {
      for (const pair of meant.items) this.throughPair(pair as Pair<Node, Node | null>, pointer, depth)
    }
  }

  private throughPair({ key, value }: Pair<Node, Node | null>, pointer: string, depth: number): void {
    const [start = 0, end = 0] = key.range ?? []
    const name = this.yaml.isScalar(key) ? String(key.value) : String(key)
    this.through(value, `${pointer}/${pointerStep(name)}`, depth + 1, { start, end })
  }
}

const TOO_DEEP = { message: 'The value is nested more than 500 deep.', mend: 'Flatten the payload.' }

function deepFault(start: number): TextFault {
  return { code: 'too-deep', start, end: start + 1, ...TOO_DEEP }
}

function faultOf({ code, message, pos: [start, end] }: Document.Parsed['errors'][number]): TextFault {
  const [first = ''] = message.split('\n', 1)
  if (code === 'DUPLICATE_KEY') {
    return {
      code: 'duplicate-key',
      start,
      end,
      message: 'The key is there twice.',
      mend: 'Take one of them out, or rename it.',
    }
  }
  return {
    code: 'yaml-syntax',
    start,
    end: Math.max(end, start + 1),
    message: `${first.replace(/\.?$/, '.')}`,
    mend: 'Mend the YAML; a text with signs in it goes into quotes.',
  }
}

function scalarFaults(
  value: unknown,
  source: string | undefined,
  { pointer, start, end }: { readonly pointer: string; readonly start: number; readonly end: number },
): readonly TextFault[] {
  const place = { start, end, pointer }
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    const what = value.includes('\0') ? 'the character U+0000' : 'half a surrogate pair'
    return [
      {
        code: 'bad-character',
        ...place,
        message: `The text holds ${what}.`,
        mend: 'Take the character out where the event is made.',
      },
    ]
  }
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return []
  const digits = /^[-+]?\d+$/.test(source ?? '') ? (source ?? '').replace('+', '') : undefined
  const exact = Number.isFinite(value) && (digits === undefined || BigInt(digits) === BigInt(value))
  if (exact) return []
  return [
    {
      code: 'inexact-number',
      ...place,
      message: `${source} reads as ${value}.`,
      mend: 'Write it as a text of digits, in quotes.',
    },
  ]
}
