import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Range } from 'yaml'
import type { Json, Place } from '../model/index.ts'

/** YAML with a place on every node; aliases are expanded. */
export type Tree = TreeMap | TreeList | TreeScalar
export type TreeMap = { readonly kind: 'map'; readonly place: Place; readonly entries: readonly Entry[] }
export type TreeList = { readonly kind: 'list'; readonly place: Place; readonly items: readonly Tree[] }
export type TreeScalar = {
  readonly kind: 'scalar'
  readonly place: Place
  readonly value: string | number | boolean | null
  /** As written, for values that are CEL. */
  readonly text: string
  /** The character of the file at which the text of a plain or quoted scalar begins, else none. */
  readonly inner?: Place
}
export type Entry = { readonly key: string; readonly place: Place; readonly value: Tree }

/** What can be wrong with a YAML file before anybody asks what it says. */
export type TreeCode = 'yaml-syntax' | 'duplicate-key' | 'alias-limit' | 'empty-file' | 'wrong-shape'
/** Takes the findings of `parseTree`; a report of any kind of file that has these codes will do. */
export type TreeReport = (code: TreeCode, place: Place, message: string, mend: string) => void

/** Aliases may expand to this many nodes in one file. */
export const NODE_LIMIT = 200_000
const DEPTH_LIMIT = 100

/** Parses YAML text; `undefined` after a finding that stops everything. */
export function parseTree(file: string, text: string, report: TreeReport): Tree | undefined {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    merge: false,
    prettyErrors: false,
  })
  const at = (range: Range | readonly [number, number] | null | undefined): Place =>
    placeOf(file, text, lines, range)
  // What follows the first fault is often its echo.
  for (const error of document.errors.slice(0, 1)) {
    const place = at(error.pos)
    if (error.code === 'DUPLICATE_KEY') {
      const key = /^[^\s:,]+/.exec(text.slice(error.pos[0]))?.[0] ?? ''
      const whole = { ...place, length: Math.max(1, key.length) }
      report('duplicate-key', whole, `The key \`${key}\` stands here twice.`, 'Keep one of the two.')
    } else {
      report(
        'yaml-syntax',
        place,
        `Not valid YAML: ${firstLine(error.message)}`,
        'Mend the YAML here; often it is the indentation or a missing quote.',
      )
    }
  }
  if (document.errors.length > 0) return undefined
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    const mend = 'Begin with `eventwright: 1`, `name:` and `services:`.'
    report('empty-file', { file, line: 1, column: 1, length: 1 }, 'The file is empty.', mend)
    return undefined
  }
  try {
    return createReader(document, at, text)(document.contents, 0)
  } catch (error) {
    if (!(error instanceof TreeError)) throw error
    report(error.code, error.place, error.message, error.mend)
    return undefined
  }
}

class TreeError extends Error {
  readonly code: 'alias-limit' | 'wrong-shape' | 'yaml-syntax'
  readonly place: Place
  readonly mend: string
  constructor(
    code: 'alias-limit' | 'wrong-shape' | 'yaml-syntax',
    place: Place,
    message: string,
    mend: string,
  ) {
    super(message)
    this.code = code
    this.place = place
    this.mend = mend
  }
}

function createReader(
  document: ReturnType<typeof parseDocument>,
  at: (range: Range | null | undefined) => Place,
  source: string,
): (node: unknown, depth: number) => Tree {
  let count = 0

  const read = (node: unknown, depth: number): Tree => {
    const place = at((node as Node | null)?.range)
    count++
    if (count > NODE_LIMIT || depth > DEPTH_LIMIT) {
      throw new TreeError(
        'alias-limit',
        place,
        'The file expands to too many or too deeply nested nodes.',
        'Write it out without aliases.',
      )
    }
    if (isAlias(node)) {
      const target = node.resolve(document)
      if (target === undefined) {
        throw new TreeError(
          'yaml-syntax',
          place,
          `There is no anchor &${node.source}.`,
          'Define the anchor above, or write the value out.',
        )
      }
      return readAlias(target, place, depth)
    }
    if (isMap(node))
      return { kind: 'map', place, entries: node.items.map((pair) => readPair(pair, place, depth)) }
    if (isSeq(node)) return { kind: 'list', place, items: node.items.map((item) => read(item, depth + 1)) }
    if (isScalar(node)) return readScalar(node, place, source, at)
    return { kind: 'scalar', place, value: null, text: '' }
  }

  /** The fault of an expansion is where it begins, not somewhere inside. */
  const readAlias = (target: unknown, place: Place, depth: number): Tree => {
    try {
      return read(target, depth + 1)
    } catch (error) {
      if (!(error instanceof TreeError) || error.code !== 'alias-limit') throw error
      throw new TreeError(error.code, place, error.message, error.mend)
    }
  }

  const readPair = (pair: { key: unknown; value: unknown }, place: Place, depth: number): Entry => {
    if (!isScalar(pair.key)) {
      throw new TreeError(
        'wrong-shape',
        place,
        'A key is a map or a list here.',
        'Use a plain name as the key.',
      )
    }
    const keyPlace = at(pair.key.range)
    const value = pair.value === null ? emptyScalar(keyPlace) : read(pair.value, depth + 1)
    return { key: String(pair.key.value), place: keyPlace, value }
  }
  return read
}

function readScalar(
  node: { value: unknown; source?: string; type?: string; range?: Range | null },
  place: Place,
  source: string,
  at: (range: Range | null | undefined) => Place,
): TreeScalar {
  const value = node.value
  const simple = value === null || ['string', 'number', 'boolean'].includes(typeof value)
  const text = typeof value === 'string' ? value : (node.source ?? '')
  const plain = {
    kind: 'scalar' as const,
    place,
    value: simple ? (value as TreeScalar['value']) : String(value),
    text,
  }
  if (!node.range) return plain
  // Only where the text stands in the file as it is can a caret point into it.
  const start = source.indexOf(text, node.range[0])
  if (text === '' || start < 0 || start > node.range[0] + 1) return plain
  return { ...plain, inner: at([start, start + text.length, start + text.length]) }
}

function emptyScalar(place: Place): TreeScalar {
  return { kind: 'scalar', place, value: null, text: '' }
}

function placeOf(
  file: string,
  text: string,
  lines: LineCounter,
  range: Range | readonly [number, number] | null | undefined,
): Place {
  if (!range) return { file, line: 1, column: 1, length: 1 }
  const start = Math.min(range[0], text.length)
  const position = lines.linePos(start)
  const lineEnd = text.indexOf('\n', start)
  const end = Math.min(range[1], lineEnd < 0 ? text.length : lineEnd)
  return {
    file,
    line: Math.max(1, position.line),
    column: Math.max(1, position.col),
    length: Math.max(1, end - start),
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '')
}

/** The value of a key of a map, if the tree is a map that has it. */
export function at(tree: Tree | undefined, key: string): Tree | undefined {
  return entryOf(tree, key)?.value
}

/** The entry of a key. */
export function entryOf(tree: Tree | undefined, key: string): Entry | undefined {
  return tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key) : undefined
}

/** The entries of a map, none for anything else. */
export function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : []
}

/** A list's items; a single value counts as a list of one, null as none. */
export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined || (tree.kind === 'scalar' && tree.value === null)) return []
  return tree.kind === 'list' ? tree.items : [tree]
}

/** The text of a scalar. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && tree.value !== null ? tree.text : undefined
}

/** The tree as plain data. */
export function dataOf(tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(dataOf)
  return Object.fromEntries(tree.entries.map((entry) => [entry.key, dataOf(entry.value)]))
}
