import { lstat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Disk } from './disk.ts'
import { codeOf, isAbsent } from './fault.ts'

/** Where a change is prepared, and where what it replaces is kept until all changes stand. */
export interface Stage {
  readonly folder: string
  readonly next: string
  readonly previous: string
}

/** Beside the folder `skills` that the place is in, so that a rename suffices, and no agent looks there. */
export function stageOf(path: string): Stage {
  const folder = join(dirname(dirname(path)), '.eventwright-install')
  return { folder, next: join(folder, 'next'), previous: join(folder, 'previous') }
}

/** Puts back what a killed process had moved aside, and removes what it had prepared. */
export async function recover(paths: readonly string[], disk: Disk): Promise<readonly string[]> {
  const restored: string[] = []
  for (const path of paths) {
    const { folder, previous } = stageOf(path)
    if (!(await isThere(folder))) continue
    if (await isInterrupted(path)) {
      await disk.move(previous, path)
      restored.push(path)
    }
    await disk.remove(folder)
  }
  return restored
}

/** True where an install was killed after it had moved the skill aside. */
export async function isInterrupted(path: string): Promise<boolean> {
  const { folder, previous } = stageOf(path)
  return (await isFolder(folder)) && (await isThere(previous)) && !(await isThere(path))
}

/** True also for a link that leads nowhere. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isAbsent(error) || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await isThere(path)) && (await lstat(path)).isDirectory()
}
