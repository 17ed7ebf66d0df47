import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Standing } from './holding.ts'
import { type Files, hashOf } from './pack.ts'

/** What somebody changed in an installed skill, against the version that is to come. */
export interface Merge {
  /** The files to write: those of the new version, with local edits that do not stand in its way. */
  readonly files: Files
  /** Local edits that stay. */
  readonly kept: readonly string[]
  /** Local edits of files that the new version changes too. They are replaced only by force. */
  readonly conflicts: readonly Conflict[]
}

/** One file that is edited here and changed there. */
export interface Conflict {
  readonly path: string
  /** As it stands; undefined for a link. */
  readonly local: Buffer | undefined
  /** As the new version has it; undefined where it has no such file. */
  readonly next: Buffer | undefined
}

/**
 * Three ways: what was shipped (the record), what stands there, what is to come. Without a record every difference
 * may be an edit. A file that is gone is written again: nothing is lost by that. With `force` shipped files win; files
 * that were put beside them stay either way.
 */
export async function merge(standing: Standing, next: Files, force: boolean): Promise<Merge> {
  const files = new Map(next)
  const kept: string[] = []
  const conflicts: Conflict[] = []
  for (const [path, hash] of standing.files) {
    const shipped = standing.record?.files.get(path)
    const wanted = next.get(path)
    const coming = wanted && hashOf(wanted)
    if (hash !== undefined && (hash === shipped || hash === coming)) continue
    const local = hash === undefined ? undefined : await readFile(join(standing.folder, path))
    if (local && staysBeside({ path, shipped, coming, force }, next)) {
      files.set(path, local)
      kept.push(path)
    } else conflicts.push({ path, local, next: wanted })
  }
  return { files, kept, conflicts }
}

interface Edited {
  readonly path: string
  /** Hash of the file as it was shipped, and as it is to come. */
  readonly shipped: string | undefined
  readonly coming: string | undefined
  readonly force: boolean
}

function staysBeside({ path, shipped, coming, force }: Edited, next: Files): boolean {
  if (coming === undefined) return shipped === undefined && !isInTheWay(path, next)
  return !force && coming === shipped
}

/** A file where the new version has a folder, or in a folder where it has a file. */
function isInTheWay(path: string, next: Files): boolean {
  return [...next.keys()].some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
}
