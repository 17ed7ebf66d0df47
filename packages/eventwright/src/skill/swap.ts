import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { Disk } from './disk.ts'
import { InstallFailed } from './errors.ts'
import { codeOf, messageOf } from './fault.ts'
import { type Files, modeOf } from './pack.ts'
import { isThere, stageOf } from './stage.ts'

/** What is to stand at a path afterwards; without `put` nothing. */
export interface Change {
  readonly path: string
  readonly put?:
    | { readonly kind: 'folder'; readonly files: Files }
    /** The files where no link can be made, as on Windows without the right to. */
    | { readonly kind: 'link'; readonly to: string; readonly otherwise: Files }
}

/** A file that is written last, when all changes stand. */
export interface LastFile {
  readonly path: string
  readonly text: string
}

type Undo = () => Promise<void>

/**
 * Makes all changes or none, and gives the paths where a copy stands for a link. Each change is prepared beside its
 * place and then renamed into it; what was there is kept until the last one stands. A failure undoes what was done. A
 * process that is killed leaves each place as it was or as it is to be, or moved aside, which `recover` mends.
 */
export async function makeChanges(
  changes: readonly Change[],
  last: LastFile | undefined,
  disk: Disk,
): Promise<readonly string[]> {
  const made: string[] = []
  const undo: Undo[] = []
  const copied: string[] = []
  try {
    for (const change of changes) if (await prepare(change, disk, made)) copied.push(change.path)
    if (last) await writeBeside(last, disk)
    for (const change of changes) await swap(change, disk, undo)
    if (last) await disk.move(besideOf(last.path), last.path)
  } catch (cause) {
    throw await takeBack(cause, { changes, last, made, undo }, disk)
  }
  await clean(changes, last, disk)
  return copied
}

/** True where a copy had to do for a link. */
async function prepare({ path, put }: Change, disk: Disk, made: string[]): Promise<boolean> {
  await makeFolders(dirname(path), disk, made)
  const { folder, next } = stageOf(path)
  await disk.remove(folder)
  await disk.makeFolder(folder)
  if (put?.kind === 'folder') await writePack(put.files, next, disk)
  if (put?.kind !== 'link') return false
  try {
    await disk.link(await wayTo(put.to, path), next)
    return false
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error
    await writePack(put.otherwise, next, disk)
    return true
  }
}

/** Relative, so that the project can be moved; between real folders, since links count their own `..`. */
async function wayTo(target: string, path: string): Promise<string> {
  const from = await realpath(dirname(path))
  return relative(from, join(await realpath(dirname(target)), basename(target)))
}

async function writePack(files: Files, folder: string, disk: Disk): Promise<void> {
  const made = new Set<string>()
  const make = async (path: string): Promise<void> => {
    if (made.has(path)) return
    if (path !== folder) await make(dirname(path))
    made.add(path)
    await disk.makeFolder(path)
  }
  await make(folder)
  for (const [path, content] of files) {
    const file = join(folder, path)
    await make(dirname(file))
    await disk.writeFile(file, content, modeOf(content))
  }
}

async function writeBeside({ path, text }: LastFile, disk: Disk): Promise<void> {
  await disk.remove(besideOf(path))
  await disk.writeFile(besideOf(path), text, 0o644)
}

async function swap({ path, put }: Change, disk: Disk, undo: Undo[]): Promise<void> {
  const { next, previous } = stageOf(path)
  if (await isThere(path)) {
    await disk.move(path, previous)
    undo.push(() => disk.move(previous, path))
  }
  if (!put) return
  await disk.move(next, path)
  undo.push(() => disk.move(path, next))
}

function besideOf(path: string): string {
  return `${path}.eventwright-install`
}

async function makeFolders(path: string, disk: Disk, made: string[]): Promise<void> {
  if (await isThere(path)) return
  await makeFolders(dirname(path), disk, made)
  await disk.makeFolder(path)
  made.push(path)
}

interface Done {
  readonly changes: readonly Change[]
  readonly last: LastFile | undefined
  readonly made: readonly string[]
  readonly undo: readonly Undo[]
}

/** Undoes in reverse, and says how that went. What was moved aside is removed only if nothing of it is needed. */
async function takeBack(cause: unknown, done: Done, disk: Disk): Promise<InstallFailed> {
  const failed: string[] = []
  for (const step of [...done.undo].reverse()) {
    await step().catch((error: unknown) => failed.push(messageOf(error)))
  }
  const why = messageOf(cause)
  if (failed.length > 0)
    return new InstallFailed(`${why}. This could not be undone: ${failed.join('; ')}`, false, cause)
  await clean(done.changes, done.last, disk)
  for (const folder of [...done.made].reverse()) await disk.removeFolder(folder).catch(() => undefined)
  return new InstallFailed(`${why}. Everything is as it was.`, true, cause)
}

/** What cannot be removed now is removed by the next install. */
async function clean(changes: readonly Change[], last: LastFile | undefined, disk: Disk): Promise<void> {
  const leftovers = changes.map(({ path }) => stageOf(path).folder)
  if (last) leftovers.push(besideOf(last.path))
  for (const leftover of leftovers) await disk.remove(leftover).catch(() => undefined)
}
