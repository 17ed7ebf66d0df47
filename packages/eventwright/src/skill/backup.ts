import { cp, mkdir } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { isInside } from './guard.ts'
import type { Place } from './places.ts'
import { isThere } from './stage.ts'

/** A folder for what this run replaces; its name tells when. */
export function backupFolder(root: string, now: Date): string {
  return join(root, '.agents/backups', now.toISOString().replaceAll(':', '-'))
}

/** Copies parts of a place (all of it where none is named) into the backup, under the path that it has. */
export async function backUp(place: Place, parts: readonly string[], folder: string): Promise<void> {
  const label =
    isInside(place.within, place.path) && isInside(dirname(dirname(folder)), place.within)
      ? relative(place.within, place.path)
      : join(basename(place.within), relative(place.within, place.path))
  for (const part of parts.length === 0 ? ['.'] : parts) {
    const from = join(place.path, part)
    if (!(await isThere(from))) continue
    const to = join(folder, label, part)
    await mkdir(dirname(to), { recursive: true })
    await cp(from, to, { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false })
  }
}
