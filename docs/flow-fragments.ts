import { parse, stringify } from 'yaml'
import type { Document } from './documents.ts'
import type { Fence } from './markdown.ts'
import { isObject } from './objects.ts'

/** What stands under these is taken from a fragment as a whole; anything else is merged name by name. */
const WHOLE = ['commands', 'events', 'types', 'sagas', 'projections', 'scenarios']

/** The blocks of a document that are flows or parts of one. */
export function flowFences({ fences }: Document): readonly Fence[] {
  return fences.filter(({ options }) => options.has('flow'))
}

/** A whole flow stands as it is. A fragment (`at=PATH`) is merged, at that path, into the first whole flow above it. */
export function textOf(document: Document, fence: Fence): string {
  const flows = flowFences(document)
  const { options, text } = fence
  if (options.has('append')) {
    const file = options.get('append')
    return `${flows.findLast((other) => other.line < fence.line && other.options.get('file') === file)?.text}${text}`
  }
  if (!options.has('at')) return text
  const comments = text.split('\n').filter((line) => line.includes('# eventwright: allow'))
  const merged = stringify(dataOf(document, fence))
  return comments.reduce((all, comment) => withComment(all, text, comment), merged)
}

/** YAML data has no comments, and a suppression is one: it is put before the line that it stood before. */
function withComment(merged: string, fragment: string, comment: string): string {
  const lines = fragment.split('\n')
  const key = /^\s*([\w ]+):/.exec(lines[lines.indexOf(comment) + 1] ?? '')?.[1]
  return merged
    .split('\n')
    .flatMap((line) => (line.trim().startsWith(`${key}:`) ? [comment, line] : [line]))
    .join('\n')
}

/** The same as data. */
export function dataOf(document: Document, fence: Fence): unknown {
  const data: unknown = parse(fence.text)
  if (!fence.options.has('at')) return data
  const whole = flowFences(document).find(({ options }) => !options.has('at'))
  return merge(parse(whole?.text ?? ''), wrapped(fence, data), '')
}

/** The data of a fragment at its place in a flow. */
export function wrapped({ options }: Fence, data: unknown): unknown {
  const steps = (options.get('at') ?? '').split('.').filter((step) => step !== '')
  return steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), data)
}

function merge(base: unknown, fragment: unknown, under: string): unknown {
  if (!isObject(base) || !isObject(fragment)) return fragment
  const merged = Object.entries(fragment).map(([key, value]) => [
    key,
    WHOLE.includes(under) ? value : merge(base[key], value, key),
  ])
  return { ...base, ...Object.fromEntries(merged) }
}
