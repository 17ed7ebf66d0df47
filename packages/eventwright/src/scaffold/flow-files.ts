import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parse } from 'yaml'
import type { Flow } from '../flow/index.ts'
import type { ScaffoldFile } from './file.ts'

/** A flow as it goes with a service, so that the service's repository can check itself. */
export interface FlowCopy {
  /** The named flow file, relative to the service's folder. */
  readonly path: string
  readonly files: readonly ScaffoldFile[]
}

/** Copies of the flow's files and of all that they name: imports, schemas, `decide` files and what those import. */
export async function flowCopy(flow: Flow): Promise<FlowCopy> {
  const texts = new Map<string, string>()
  const queue = [...flow.files, ...decideFiles(flow)].map((file) => resolve(file))
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    if (texts.has(file)) continue
    const text = await readFile(file, 'utf8')
    texts.set(file, text)
    queue.push(...namedIn(file, text))
  }
  const root = commonFolder([...texts.keys()])
  const place = (file: string): string => join('flow', relative(root, file)).replaceAll(sep, '/')
  return {
    path: place(resolve(flow.files[0] ?? '')),
    files: [...texts].map(([file, text]) => ({ path: place(file), text, owner: 'generated' })),
  }
}

function decideFiles(flow: Flow): readonly string[] {
  return [...flow.commands.values()].flatMap(({ decide }) => decide?.path ?? [])
}

function namedIn(file: string, text: string): readonly string[] {
  const names = /\.[cm]?[jt]s$/.test(file) ? importsIn(text) : schemasIn(text)
  return names.map((name) => (isAbsolute(name) ? name : join(dirname(file), name)))
}

function importsIn(text: string): readonly string[] {
  return [...text.matchAll(/\bfrom\s*['"](\.{1,2}\/[^'"\n]+)['"]/g)].map(([, name = '']) => name)
}

/** Every `schema: PATH` of a flow file; a schema that is written inline is a map. */
function schemasIn(text: string): readonly string[] {
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, part] of Object.entries(value)) {
      if (key === 'schema' && typeof part === 'string') found.push(part)
      else visit(part)
    }
  }
  visit(parse(text, { maxAliasCount: 100 }))
  return found
}

function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => dirname(file).split(sep))
  const shortest = Math.min(...folders.map((parts) => parts.length))
  const [first = []] = folders
  let shared = 0
  while (shared < shortest && folders.every((parts) => parts[shared] === first[shared])) shared++
  return first.slice(0, shared).join(sep) || sep
}
