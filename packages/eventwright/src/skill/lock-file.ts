import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { BrokenLockFile, UnsafePath } from './errors.ts'
import { isAbsent } from './fault.ts'
import { isInside } from './guard.ts'
import { SHARED, SKILL } from './name.ts'
import { isThere } from './stage.ts'

/** The file that npm's `skills` keeps in a project. It keeps none of this kind for the user. */
export const LOCK_FILE = 'skills-lock.json'

/** Version 1 is the only one there is. */
const VERSION = 1

/** The fields of an entry that tell where a skill came from; they are of one install, not of the one before. */
const KNOWN = ['source', 'sourceType', 'sourceUrl', 'ref', 'skillPath', 'via', 'version', 'computedHash']

/** The file as it was read. Entries of others, and fields that we do not know, stay as they are. */
export interface LockFile {
  readonly path: string
  readonly text: string | undefined
  readonly content: Readonly<Record<string, unknown>>
  readonly skills: Readonly<Record<string, unknown>>
}

/** What it says of the skill. */
export interface LockEntry {
  readonly source: string
  readonly sourceType: string
  readonly skillPath?: string
  readonly version: string
  readonly computedHash: string
}

/** Reads the lock file of a project; an empty one if there is none. Throws BrokenLockFile with the place. */
export async function readLockFile(project: string): Promise<LockFile> {
  const path = await pathOf(project)
  const text = await textOf(path)
  if (text === undefined) return { path, text, content: { version: VERSION, skills: {} }, skills: {} }
  const content = parse(path, text)
  const { version, skills } = content
  if (version !== VERSION) {
    const found = `version ${JSON.stringify(version)}`
    throw broken(path, text, 'version', `${found} is not ${VERSION}, the only one known`)
  }
  if (!isRecord(skills)) throw broken(path, text, 'skills', '`skills` is no object')
  return { path, text, content, skills }
}

/** The file with the entry of the skill, or without it; undefined where nothing is left to say. */
export function lockTextWith(lock: LockFile, entry: LockEntry | undefined): string | undefined {
  const old = lock.skills[SKILL]
  const others = Object.entries(lock.skills).filter(([name]) => name !== SKILL)
  const own = entry && { ...unknownFields(old), ...entry }
  const all = own ? [...others, [SKILL, own] as const] : others
  if (!own && lock.text === undefined) return undefined
  const sorted = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ ...lock.content, skills: sorted }, null, 2)}\n`
}

function unknownFields(entry: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(entry)) return {}
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !KNOWN.includes(key)))
}

/** True if the entry of the skill was written by this command, or by `skills` from this command's package. */
export function isOurs(entry: unknown): boolean {
  if (!isRecord(entry)) return false
  const { source, sourceType } = entry
  return (
    (sourceType === 'node_modules' && source === 'eventwright') ||
    (sourceType === 'local' && source === `./${SHARED}/${SKILL}`)
  )
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A link is followed, so that it stays one, but not out of the project. */
async function pathOf(project: string): Promise<string> {
  const path = join(project, LOCK_FILE)
  if (!(await isThere(path))) return path
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined && isInside(await realpath(project), real)) return real
  throw new UnsafePath(
    `${path} is a link that leads ${real ? `to ${real}` : 'nowhere'}. Replace it by a file.`,
  )
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  const errors: ParseError[] = []
  parseTree(text, errors, { disallowComments: true })
  const [first] = errors
  if (first) throw new BrokenLockFile(sayBroken(path, text, first.offset, printParseErrorCode(first.error)))
  const content = contentOf(text)
  if (!isRecord(content)) throw new BrokenLockFile(sayBroken(path, text, 0, 'it is no JSON object'))
  return content
}

function contentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a byte order mark, which only JSON.parse minds
  }
}

function broken(path: string, text: string, key: string, what: string): BrokenLockFile {
  return new BrokenLockFile(sayBroken(path, text, Math.max(0, text.indexOf(`"${key}"`)), what))
}

function sayBroken(path: string, text: string, offset: number, what: string): string {
  const before = text.slice(0, offset).split('\n')
  const place = `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
  return `${place} is not the lock file of skills: ${what}. It was left as it is; mend it, or remove it to begin a new one.`
}
