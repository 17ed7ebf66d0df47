import { accessSync, constants, existsSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CannotOpenFile } from '../errors.ts'

/**
 * The file that a path names, links followed, so that two names of one file meet; it need not be there yet.
 * @throws CannotOpenFile where there is something else, or no folder to hold it
 */
export function realPath(path: string): string {
  if (path === '' || path === ':memory:') {
    throw new CannotOpenFile(
      path === '' ? 'a file without a name' : path,
      'give a path, or use memory() for a store without a file',
    )
  }
  const absolute = resolve(path)
  const found = statOf(absolute)
  if (found?.isDirectory()) throw new CannotOpenFile(absolute, 'it is a folder, name a file in it')
  // A pipe would hold up the whole process until somebody writes to it.
  if (found?.isFile() === false)
    throw new CannotOpenFile(absolute, 'it is a device, a pipe or a socket, name a file')
  if (found !== undefined) return realpathSync(absolute)
  const folder = dirname(absolute)
  const folderFound = statOf(folder)
  if (folderFound === undefined)
    throw new CannotOpenFile(absolute, `the folder ${folder} does not exist, make it first`)
  if (!folderFound.isDirectory()) throw new CannotOpenFile(absolute, `${folder} is no folder`)
  return join(realpathSync(folder), basename(absolute))
}

const UNREACHABLE: { readonly [code: string]: string } = {
  EACCES: 'this user may not look into its folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
}

/** `undefined` where there is nothing. @throws CannotOpenFile */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw new CannotOpenFile(path, UNREACHABLE[code] ?? `it cannot be looked at (${code})`, { cause })
  }
}

/** The same for a file that is only read. @throws CannotOpenFile where it is not there */
export function existingPath(path: string): string {
  const absolute = resolve(path)
  if (path !== '' && path !== ':memory:' && statOf(absolute) === undefined) {
    throw new CannotOpenFile(absolute, 'there is no such file, and reading makes none')
  }
  return realPath(path)
}

/** The same for a file that is written. It is asked before SQLite opens it, which would make files beside it. @throws CannotOpenFile */
export function writablePath(path: string): string {
  const real = realPath(path)
  if (!existsSync(real)) return real
  try {
    accessSync(real, constants.R_OK | constants.W_OK)
    return real
  } catch (cause) {
    throw new CannotOpenFile(real, MAY_ONLY_BE_READ, { cause })
  }
}

export const MAY_ONLY_BE_READ =
  'this user may not write it, or not beside it in its folder, and a store writes: give the right, or look at it with readOnly'
