import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CannotOpenFile } from '../errors.ts'

/**
 * The file that a path names, links followed, so that two names of one file meet; it need not be there yet.
 * @throws CannotOpenFile where there is a folder, or no folder to hold it
 */
export function realPath(path: string): string {
  if (path === '' || path === ':memory:') {
    throw new CannotOpenFile(
      path === '' ? 'a file without a name' : path,
      'give a path, or use memory() for a store without a file',
    )
  }
  const absolute = resolve(path)
  const folder = dirname(absolute)
  if (!existsSync(folder))
    throw new CannotOpenFile(absolute, `the folder ${folder} does not exist, make it first`)
  if (!existsSync(absolute)) return join(realpathSync(folder), basename(absolute))
  if (statSync(absolute).isDirectory())
    throw new CannotOpenFile(absolute, 'it is a folder, name a file in it')
  return realpathSync(absolute)
}

/** The same for a file that is only read. @throws CannotOpenFile where it is not there */
export function existingPath(path: string): string {
  const absolute = resolve(path)
  if (path !== '' && path !== ':memory:' && !existsSync(absolute)) {
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
  'this user may not write it, and a store writes: give the right, or look at it with readOnly'
