import { existsSync, realpathSync, statSync } from 'node:fs'
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
