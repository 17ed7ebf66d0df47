import { cp, mkdir } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { isInside } from './guard.ts'
import type { Place } from './places.ts'
import { isThere } from './stage.ts'

/** A folder for what this run replaces; its name tells when. */
export function backupFolder(root: string, now: Date): string {
  return join(root, '.agents/backups', now.toISOString().replaceAll(':', '-'))
}

/** Copies parts of a place (all of it where none is named) into the backup of `root`, under the path that it has. */
export async function backUp(
  place: Place,
  parts: readonly string[],
  folder: string,
  root: string,
): Promise<void> {
  const { path, within } = place
  const label = isInside(root, path) ? relative(root, path) : join(basename(within), relative(within, path))
  for (const part of parts.length === 0 ? ['.'] : parts) {
    const from = join(path, part)
    if (!(await isThere(from))) continue
    const to = join(folder, label, part)
    await mkdir(dirname(to), { recursive: true })
    await cp(from, to, { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false })
  }
}
