import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Place, Report } from '../../findings/index.ts'
import type { Code } from '../codes.ts'
import { InputUnreadable, reasonOf } from '../errors.ts'

/** A JSON or YAML file that was read, with the places of what stands in it. */
export type ReadDocument = {
  readonly file: string
  readonly uri: string
  readonly text: string
  readonly content: unknown
  /** Where the value at a path stands. */
  place(path: readonly (string | number)[]): Place
}

/** Reads a JSON or YAML file; undefined where it is neither, which is reported. @throws InputUnreadable */
export function readDocument(file: string, report: Report<Code>): ReadDocument | undefined {
  const bytes = bytesOf(file)
  const text = bytes.toString()
  if (!isUtf8(bytes) || text.includes('\0')) {
    report(
      'catalog-broken',
      { file, line: 1, column: 1, length: 1 },
      `${file} is not text in UTF-8.`,
      'Write it as UTF-8.',
    )
    return undefined
  }
  const lines = new LineCounter()
  // JSON is YAML; one reader gives the places of both.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number, end: number): Place => {
    const { line, col } = lines.linePos(offset)
    const found = text.slice(offset, end).split(/\r?\n/, 1)[0] ?? ''
    return { file, line, column: col, length: Math.max(1, found.length) }
  }
  const [error] = document.errors
  if (error !== undefined) {
    const [first = ''] = error.message.split('\n', 1)
    const message = /call stack/.test(first)
      ? `${file} is nested too deep.`
      : `${file} is neither JSON nor YAML: ${first}.`
    report('catalog-broken', placeAt(error.pos[0], error.pos[0] + 1), message, 'Mend it, and try again.')
    return undefined
  }
  const place = (path: readonly (string | number)[]): Place => {
    let node: unknown = document.contents
    let range: Range = document.contents?.range ?? [0, 0, 0]
    for (const step of path) {
      const next = stepInto(node, step)
      node = next.node
      range = next.range ?? range
    }
    return placeAt(range[0], range[1])
  }
  const content = contentOf(document)
  if (content !== undefined)
    return { file, uri: pathToFileURL(file).href, text, content: content.value, place }
  const message = `${file} cannot be read: it is nested too deep, or its aliases multiply.`
  report('catalog-broken', placeAt(0, 1), message, 'Write it out, without aliases that multiply.')
  return undefined
}

type Range = readonly [number, number, number]

/** Into a member (whose place is its key) or an element. */
function stepInto(
  node: unknown,
  step: string | number,
): { readonly node: unknown; readonly range?: Range | null } {
  if (isSeq(node)) {
    const item: unknown = node.get(Number(step), true)
    return isNode(item) ? { node: item, range: item.range } : { node: undefined }
  }
  if (!isMap(node)) return { node: undefined }
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
  return { node: pair?.value, range: isNode(pair?.key) ? pair.key.range : null }
}

function contentOf(document: ReturnType<typeof parseDocument>): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS() }
  } catch {
    return undefined
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new InputUnreadable(`${file} cannot be read: ${reasonOf(error)}.`, { cause: error })
  }
}
