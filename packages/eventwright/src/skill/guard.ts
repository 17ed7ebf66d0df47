import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { UnsafePath } from './errors.ts'
import { isAbsent } from './fault.ts'

/**
 * Refuses a path whose folder is a link out of `within`, or lies under one. What stands at the path itself is not
 * followed: it is replaced as a whole.
 */
export async function mustStayWithin(path: string, within: string): Promise<void> {
  const root = await realOf(within)
  if (root === undefined) return // it will be made, with nothing but folders in it
  const folder = await existingFolder(dirname(path))
  const real = await realOf(folder)
  if (real !== undefined && isInside(root, real)) return
  throw new UnsafePath(
    `${folder} leads ${real === undefined ? 'nowhere' : `to ${real}`}, out of ${within}. Nothing is written there: replace the link by a folder, or install on the other level.`,
  )
}

/** True if `path` is `folder` or lies in it; both without links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** True for a path of a file in a skill: relative, with slashes, and without a step out. */
export function isPlainPath(path: string): boolean {
  const parts = path.split('/')
  return path !== '' && !/[\\\0]/.test(path) && !/^[A-Za-z]:/.test(path) && !parts.some(isNoStep)
}

function isNoStep(part: string): boolean {
  return part === '' || part === '.' || part === '..'
}

async function existingFolder(path: string): Promise<string> {
  try {
    await lstat(path)
    return path
  } catch (error) {
    if (!isAbsent(error) || dirname(path) === path) throw error
    return await existingFolder(dirname(path))
  }
}

async function realOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
