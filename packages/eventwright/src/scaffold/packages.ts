import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { CannotScaffold } from './errors.ts'
import type { Packages } from './service/index.ts'

/** Where a service in `folder` gets our packages from: `core` is a version, or the path of a folder or a tarball. */
export async function packagesFrom(
  core: string | undefined,
  version: string,
  folder: string,
): Promise<Packages> {
  if (core === undefined) return { core: version, command: version }
  if (/^[~^]?\d+\.\d+\.\d+[\w.+-]*$/.test(core)) return { core, command: core }
  const path = resolve(core)
  const found = await stat(path).catch((cause: unknown): never => {
    throw new CannotScaffold(
      `--core ${core}: there is no such file or folder, and it is no version. Name a version (${version}), a folder or a tarball.`,
      { cause },
    )
  })
  const beside = found.isDirectory() ? await checkedFolder(path, core) : tarballBeside(path, core)
  const command = beside !== path && (await isThere(beside)) ? fileUrl(beside, folder) : version
  return { core: fileUrl(path, folder), command }
}

async function checkedFolder(path: string, core: string): Promise<string> {
  const manifest: unknown = await readFile(join(path, 'package.json'), 'utf8').then(
    JSON.parse,
    () => undefined,
  )
  const name =
    typeof manifest === 'object' && manifest !== null && 'name' in manifest ? manifest.name : undefined
  if (name === '@eventwright/core') return join(dirname(path), 'eventwright')
  throw new CannotScaffold(
    `--core ${core}: the folder does not hold @eventwright/core; name the one that does.`,
  )
}

/** `npm pack` names them alike: eventwright-core-0.1.0.tgz and eventwright-0.1.0.tgz. */
function tarballBeside(path: string, core: string): string {
  if (!/\.(tgz|tar\.gz)$/.test(path)) {
    throw new CannotScaffold(
      `--core ${core}: that file is no tarball. Name a version, a folder, or what npm pack wrote (a .tgz).`,
    )
  }
  return join(dirname(path), basename(path).replace(/^eventwright-core-/, 'eventwright-'))
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function fileUrl(path: string, folder: string): string {
  return `file:${relative(folder, path).split(sep).join('/')}`
}
