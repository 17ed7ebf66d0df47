import { existsSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { BrokenCode, CodeNotFound, saidBy } from '../errors.ts'
import type { Code } from './code.ts'
import { codeOf, partsIn } from './parts.ts'
import { placeIn } from './place.ts'

/** Milliseconds that importing a module may take. */
const PATIENCE = 15_000

export interface ImportOptions {
  /** Milliseconds that importing may take; default 15 000. */
  readonly patience?: number
  /** Told before the error where the module goes on running: it holds the process. */
  readonly onRunning?: () => void
}

/**
 * Imports a module, TypeScript as it is, and takes the parts that it exports: by name, as a list, or as an options
 * object with `run`. Only what importing it does is done. @throws CodeNotFound BrokenCode
 */
export async function codeOfModule(path: string, options: ImportOptions = {}): Promise<Code> {
  const exported = await importQuietly(fileOf(path), path, options)
  const code = codeOf(
    path,
    Object.values(exported).flatMap((value) => partsIn(value)),
  )
  if (hasParts(code)) return code
  const names = Object.keys(exported).join(', ') || 'nothing'
  throw new BrokenCode(
    `${path} exports no aggregate, saga, projection or consumer (it exports: ${names}). Export them by name, or as a list, ` +
      'as `export const run = [Order, checkout]` does.',
  )
}

function hasParts({ aggregates, sagas, projections, consumers }: Code): boolean {
  return [aggregates, sagas, projections, consumers].some(({ size }) => size > 0)
}

function fileOf(path: string): string {
  const file = resolve(path)
  if (!existsSync(file))
    throw new CodeNotFound(`There is no file ${path}: name the module that exports the service's parts.`)
  if (statSync(file).isDirectory())
    throw new CodeNotFound(`${path} is a folder: name the module in it that exports the service's parts.`)
  return realpathSync(file)
}

type Exports = { readonly [name: string]: unknown }

async function importQuietly(file: string, path: string, options: ImportOptions): Promise<Exports> {
  const { patience = PATIENCE, onRunning } = options
  const before = held()
  const exported = await within(patience, importing(file, path), () => late(path, patience, onRunning))
  const more = [...held()].find(([kind, count]) => count > (before.get(kind) ?? 0))
  if (more === undefined) return exported
  onRunning?.()
  throw new BrokenCode(
    `Importing ${path} started something that goes on (${more[0]}), such as a server or a timer: name the module that only ` +
      'declares the parts, and leave starting to another.',
  )
}

async function importing(file: string, path: string): Promise<Exports> {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  // What it begins and does not wait for fails beside the import.
  process.on('unhandledRejection', failed.reject)
  try {
    const exported: Promise<Exports> = import(pathToFileURL(file).href)
    return await Promise.race([exported.then((all) => nextTurn(all)), failed.promise])
  } catch (error) {
    throw new BrokenCode(
      `${path} cannot be loaded: ${saidBy(error)}${placeIn(error, import.meta.filename)}`,
      { cause: error },
    )
  } finally {
    process.off('unhandledRejection', failed.reject)
  }
}

function late(path: string, patience: number, onRunning: (() => void) | undefined): BrokenCode {
  onRunning?.()
  return new BrokenCode(
    `${path} was not loaded within ${patience / 1000} s: its top level waits for something. Name the module that only ` +
      'declares the parts.',
  )
}

async function within<Result>(patience: number, work: Promise<Result>, late: () => Error): Promise<Result> {
  const end = Promise.withResolvers<never>()
  const timer = setTimeout(() => end.reject(late()), patience)
  try {
    return await Promise.race([work, end.promise])
  } finally {
    clearTimeout(timer)
  }
}

const KINDS = new Set([
  'TCPServerWrap',
  'TCPSocketWrap',
  'UDPWrap',
  'PipeWrap',
  'Timeout',
  'Worker',
  'ProcessWrap',
])

/** What keeps a process going, by kind. */
function held(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (KINDS.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}
