import { hash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UnsafePath } from './errors.ts'
import { isLeftBehind } from './name.ts'

/** The files of a skill by their path from its folder, with slashes. */
export type Files = ReadonlyMap<string, Buffer>

/**
 * Reads the files of a skill's folder, without what tools leave behind. A link in it is refused: what it shows may
 * lie anywhere, and would be copied to wherever the skill goes.
 */
export async function readPack(folder: string): Promise<Files> {
  const files = new Map<string, Buffer>()
  for (const path of await filesIn(folder)) {
    const file = join(folder, path)
    if ((await lstat(file)).isFile()) files.set(path, await readFile(file))
    else
      throw new UnsafePath(
        `${file} is no file (a link?), which a skill must not hold. Remove it, or replace it by what it shows.`,
      )
  }
  return files
}

/** Paths of everything in a skill's folder that is no folder, sorted; links are listed and not followed. */
export async function filesIn(folder: string, inner = ''): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await readdir(join(folder, inner), { withFileTypes: true })) {
    if (isLeftBehind(entry.name)) continue
    const path = inner === '' ? entry.name : `${inner}/${entry.name}`
    if (entry.isDirectory()) found.push(...(await filesIn(folder, path)))
    else found.push(path)
  }
  return found.sort()
}

export function hashOf(content: Buffer): string {
  return hash('sha256', content)
}

/** Scripts are run, everything else is read. */
export function modeOf(content: Buffer): number {
  return content.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644
}

/** Several files as one hash, as npm's `skills` computes `computedHash`. */
export function computedHashOf(files: Files): string {
  const inOrder = [...files].sort(([a], [b]) => a.localeCompare(b, 'en'))
  return hash('sha256', Buffer.concat(inOrder.flatMap(([path, content]) => [Buffer.from(path), content])))
}

/** The version that a SKILL.md states in its `metadata`, and the name. */
export function readFrontmatter(text: string): { readonly name?: string; readonly version?: string } {
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? ''
  const name = /^name:\s*["']?([^"'\r\n]+?)["']?\s*$/m.exec(head)?.[1]
  const version = /^\s+version:\s*["']?([^"'\r\n]+?)["']?\s*$/m.exec(head)?.[1]
  return { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) }
}
