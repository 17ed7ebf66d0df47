import { readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { parse } from 'yaml'
import type { Flow, LoadedFlow } from '../../flow/index.ts'

/** A file that a flow is made of. */
interface Companion {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

/** The flow's own files, and where they stand in a scaffolded service. */
export interface FlowCopy {
  /** Texts by path relative to the service's folder. */
  readonly files: ReadonlyMap<string, string>
  /** The flow files among them, in the order in which they are loaded. */
  readonly flows: readonly string[]
}

/** Where a single flow file goes; several files, and those that they name, keep their places below `flow/`. */
const SINGLE = 'src/generated/flow.yaml'
const FOLDER = 'src/generated/flow'

const copies = new WeakMap<Flow, FlowCopy>()

/**
 * Copies of the flow files with everything that they name: schemas, `decide:` files and what these import. Made once
 * for all services of a flow.
 */
export function copyOfFlow(loaded: Pick<LoadedFlow, 'sources'>, flow: Flow): FlowCopy {
  const copy = copies.get(flow) ?? copied(loaded, flow)
  copies.set(flow, copy)
  return copy
}

function copied({ sources }: Pick<LoadedFlow, 'sources'>, flow: Flow): FlowCopy {
  const flows = flow.files.map((file) => ({ path: resolve(file), text: sources.get(file) ?? '' }))
  const companions = [...flows.flatMap(schemaFiles), ...decideFiles(flow)]
  const all = new Map([...flows, ...companions].map((file) => [file.path, file]))
  const [only] = flows
  if (all.size === 1 && only !== undefined) return { files: new Map([[SINGLE, only.text]]), flows: [SINGLE] }
  const root = commonFolder([...all.keys()])
  const placeOf = (path: string): string => posix.join(FOLDER, relative(root, path).split(sep).join('/'))
  return {
    files: new Map([...all.values()].map(({ path, text }) => [placeOf(path), text])),
    flows: flows.map(({ path }) => placeOf(path)),
  }
}

function commonFolder(paths: readonly string[]): string {
  const [first = ''] = paths
  let folder = dirname(first)
  while (!paths.every((path) => path.startsWith(folder === sep ? sep : `${folder}${sep}`)))
    folder = dirname(folder)
  return folder
}

function schemaFiles({ path, text }: Companion): readonly Companion[] {
  return schemaPaths(parse(text, { maxAliasCount: 100 })).flatMap((name) => {
    const file = isAbsolute(name) ? name : resolve(dirname(path), name)
    return [{ path: file, text: readFileSync(file, 'utf8') }]
  })
}

function schemaPaths(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    // A field may be called `schema` as well, and has a type then.
    if (key === 'schema' && typeof inner === 'string') return /[./]/.test(inner) ? [inner] : []
    return schemaPaths(inner)
  })
}

/** Every file that decides a command, with the files beside it that it imports. */
export function decideFiles(flow: Flow): readonly Companion[] {
  const entries = [...flow.commands.values()].flatMap(({ decide }) => (decide ? [decide.path] : []))
  const files = new Map<string, Companion>()
  // What is added while the list is walked is walked as well.
  const queue = [...new Set(entries)]
  for (const path of queue) {
    if (files.has(path)) continue
    const text = readFileSync(path, 'utf8')
    files.set(path, { path, text })
    queue.push(...relativeImports(text).map((specifier) => resolve(dirname(path), specifier)))
  }
  return [...files.values()]
}

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\2/g

function relativeImports(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, , , specifier]) =>
    specifier === undefined ? [] : [specifier],
  )
}

/** Copies of the files that decide a service's commands, all beside its domain, by their new names. */
export function decideCopies(
  flow: Flow,
  own: readonly string[],
  taken: ReadonlySet<string>,
): { readonly texts: ReadonlyMap<string, string>; readonly nameOf: (path: string) => string } {
  const commands = new Map([...flow.commands].filter(([, { aggregate }]) => own.includes(aggregate)))
  const files = decideFiles({ ...flow, commands })
  const occupied = new Set(taken)
  const names = new Map(
    files.map(({ path }) => {
      let name = basename(path)
      while (occupied.has(name)) name = `decide-${name}`
      occupied.add(name)
      return [path, name]
    }),
  )
  const nameOf = (path: string): string => names.get(path) ?? basename(path)
  const texts = new Map(
    files.map(({ path, text }) => {
      const moved = text.replaceAll(IMPORT, (_, before: string, quote: string, specifier: string) => {
        const target = join(dirname(path), specifier)
        return `${before}${quote}./${nameOf(target)}${quote}`
      })
      return [nameOf(path), moved]
    }),
  )
  return { texts, nameOf }
}
