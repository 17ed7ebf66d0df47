import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { lstat, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { CannotScaffold } from './errors.ts'
import type { ScaffoldFile } from './file.ts'
import { makeFolder } from './make-folder.ts'

/** Files and where they go: each path is relative to the folder. */
export interface Tree {
  readonly folder: string
  readonly files: readonly ScaffoldFile[]
}

/** @throws CannotScaffold where something stands there that would be overwritten */
export async function checkFree(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined)
  if (!found) return
  const isEmpty = found.isDirectory() && (await readdir(folder)).length === 0
  if (isEmpty) return
  const what = found.isDirectory() ? 'is not empty' : 'is there, and is no folder'
  throw new CannotScaffold(
    `${folder} ${what}. Choose another name, or --into another folder; a service that stands there is brought up to date with --update.`,
  )
}

/**
 * Writes a new folder, all of it or nothing: beside its place, then renamed.
 * @throws CannotScaffold, and what the disk says
 */
export async function writeTree({ folder, files }: Tree): Promise<void> {
  await checkFree(folder)
  const parent = dirname(folder)
  const made = await makeFolder(parent)
  const building = join(parent, `.${basename(folder)}.${randomUUID().slice(0, 8)}.tmp`)
  const remove = (): void => rmSync(building, { recursive: true, force: true })
  process.once('exit', remove) // a signal in the middle leaves nothing either
  try {
    for (const file of files) await writeOne(building, file)
    await rmdir(folder).catch(() => undefined) // an empty one may stand there
    await rename(building, folder)
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    if (made !== undefined) await removeEmpty(parent, made)
    throw error
  } finally {
    process.off('exit', remove)
  }
}

/** Writes one file of a folder, all of it or nothing. */
export async function writeOne(folder: string, { path, text, executable }: ScaffoldFile): Promise<void> {
  const target = join(folder, path)
  await makeFolder(dirname(target))
  const building = `${target}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await writeFile(building, text, { mode: executable ? 0o755 : 0o644 })
    await rename(building, target)
  } catch (error) {
    await rm(building, { force: true })
    throw error
  }
}

/** Folders that were made on the way, up to and with `first`, as far as they are empty. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let at = folder; at.startsWith(first); at = dirname(at)) {
    const removed = await rmdir(at).then(
      () => true,
      () => false,
    )
    if (!removed) return
  }
}
