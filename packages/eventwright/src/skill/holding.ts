import { lstat, readFile, readlink, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf, isAbsent } from './fault.ts'
import { SKILL } from './name.ts'
import { filesIn, hashOf, readFrontmatter } from './pack.ts'
import { type InstallRecord, readRecord } from './record.ts'

/** What stands at a place. */
export type Holding =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'link'; readonly to: string; readonly broken: boolean; readonly real?: string }
  | { readonly kind: 'skill'; readonly skill: Standing }
  /** A file, or a folder with another skill or none. */
  | { readonly kind: 'foreign'; readonly what: string }

/** An installed skill as it stands on disk. */
export interface Standing {
  readonly folder: string
  /** Of its record, else of its SKILL.md. */
  readonly version: string
  readonly record: InstallRecord | undefined
  /** Hash of each file that is there; undefined for a link. */
  readonly files: ReadonlyMap<string, string | undefined>
}

/** Looks at a place without following a link that stands there. */
export async function lookAt(path: string): Promise<Holding> {
  const found = await statOf(path)
  if (found === undefined) return { kind: 'nothing' }
  if (found.isSymbolicLink()) return await linkAt(path)
  if (!found.isDirectory()) return { kind: 'foreign', what: 'a file' }
  return await standingAt(path)
}

/** The skill in a folder, wherever the folder really is. */
export async function standingAt(folder: string): Promise<Holding> {
  const { name, version } = await frontmatterIn(folder)
  const record = await readRecord(folder)
  if (record === undefined && name !== SKILL) {
    return {
      kind: 'foreign',
      what: name === undefined ? 'a folder without this skill' : `the skill '${name}'`,
    }
  }
  const files = new Map<string, string | undefined>()
  for (const path of await filesIn(folder)) files.set(path, await hashAt(join(folder, path)))
  return {
    kind: 'skill',
    skill: { folder, version: record?.version ?? version ?? 'unknown', record, files },
  }
}

/** Shipped files that differ, those that are gone, and files that were put beside them. */
export interface Edits {
  readonly changed: readonly string[]
  readonly missing: readonly string[]
  readonly added: readonly string[]
}

/** How a skill differs from what was installed; undefined where no record says what that was. */
export function editsOf({ record, files }: Standing): Edits | undefined {
  if (record === undefined) return undefined
  const shipped = [...record.files]
  return {
    changed: shipped.flatMap(([path, hash]) => (files.has(path) && files.get(path) !== hash ? [path] : [])),
    missing: shipped.flatMap(([path]) => (files.has(path) ? [] : [path])),
    added: [...files.keys()].filter((path) => !record.files.has(path)),
  }
}

async function linkAt(path: string): Promise<Holding> {
  const to = resolve(dirname(path), await readlink(path))
  try {
    return { kind: 'link', to, broken: false, real: await realpath(path) }
  } catch (error) {
    if (isAbsent(error) || codeOf(error) === 'ELOOP') return { kind: 'link', to, broken: true }
    throw error
  }
}

async function frontmatterIn(folder: string): Promise<ReturnType<typeof readFrontmatter>> {
  try {
    return readFrontmatter(await readFile(join(folder, 'SKILL.md'), 'utf8'))
  } catch {
    return {}
  }
}

async function hashAt(file: string): Promise<string | undefined> {
  return (await lstat(file)).isFile() ? hashOf(await readFile(file)) : undefined
}

async function statOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isAbsent(error) || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
