import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { CannotScaffold } from './errors.ts'
import type { ScaffoldFile } from './file.ts'

/** Where a service came from, kept in its folder for `--update`. */
export interface ScaffoldRecord {
  /** The version of this file's own shape. */
  readonly scaffold: 1
  /** The version of the command that wrote it. */
  readonly eventwright: string
  readonly service: string
  /** Of its package. */
  readonly name: string
  /** The flow file, relative to the service's folder, with `/`. */
  readonly flow: string
  /** True: with the Java application of `--streams`. */
  readonly streams: boolean
  /** SHA-256 of each generated file as it was written: another one was changed by hand. */
  readonly generated: { readonly [path: string]: string }
  /** Every file that was written once, and is yours since. */
  readonly yours: readonly string[]
}

export const RECORD_PATH = '.eventwright/scaffold.json'

/** SHA-256 of a file's text, where line ends do not count: Git changes them on Windows. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}

/** The record of files that are about to be written. */
export function recordFile(
  record: Omit<ScaffoldRecord, 'generated' | 'yours'>,
  files: readonly ScaffoldFile[],
): ScaffoldFile {
  const generated = files
    .filter(({ owner }) => owner === 'generated')
    .map(({ path, text }) => [path, hashOfText(text)] as const)
  const yours = files.filter(({ owner }) => owner === 'yours').map(({ path }) => path)
  return textOfRecord({ ...record, generated: Object.fromEntries(generated.sort()), yours: yours.sort() })
}

/** A record as its file. */
export function textOfRecord(record: ScaffoldRecord): ScaffoldFile {
  return { path: RECORD_PATH, owner: 'generated', text: `${JSON.stringify(record, undefined, 2)}\n` }
}

/** The record in a service's folder. @throws CannotScaffold */
export async function readRecord(folder: string): Promise<ScaffoldRecord> {
  const file = join(folder, RECORD_PATH)
  const text = await readFile(file, 'utf8').catch((cause: unknown): never => {
    throw new CannotScaffold(
      `${folder} is no scaffolded service: it has no ${RECORD_PATH}. Name the folder of one, or go there.`,
      { cause },
    )
  })
  const record = parsed(text)
  if (isRecord(record)) return record
  throw new CannotScaffold(
    `${file} is broken: take it from your repository's history, or scaffold anew beside it.`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is ScaffoldRecord {
  if (typeof value !== 'object' || value === null) return false
  const { scaffold, service, name, flow, generated, yours }: Partial<Record<keyof ScaffoldRecord, unknown>> =
    value
  return (
    scaffold === 1 &&
    [service, name, flow].every((text) => typeof text === 'string') &&
    typeof generated === 'object' &&
    generated !== null &&
    Object.entries(generated).every(([path, hash]) => isInside(path) && typeof hash === 'string') &&
    Array.isArray(yours) &&
    yours.every((path) => typeof path === 'string')
  )
}

/** An update takes away what the record names and the flow does not: nothing outside the service may be named. */
function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.split(/[\\/]/).includes('..')
}
