import { mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder cannot be made; the message says why, and what to give instead. */
export class NoFolder extends Error {
  override readonly name = 'NoFolder'
}

/** Makes a folder and those above it, where it is not there yet. @throws NoFolder */
export function makeFolder(path: string): void {
  try {
    makeAll(path)
  } catch (error) {
    throw new NoFolder(`cannot make the folder ${path} (${reason(error)}): ${GIVE}`, { cause: error })
  }
}

/** @throws NoFolder */
export function makeTemporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'order-services-'))
  } catch (error) {
    const what = `cannot make a folder in ${tmpdir()} (${reason(error)})`
    throw new NoFolder(`${what}: ${GIVE}`, { cause: error })
  }
}

const GIVE = 'give one that can be made, with --store sqlite:FOLDER'

/** Node's own `recursive` never comes back where the system refuses with ENOENT, as /proc does. */
function makeAll(path: string): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeAll(above)
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isFolder(path)) throw error // else another process was faster
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** What the system says names the part of the path that it refused. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
