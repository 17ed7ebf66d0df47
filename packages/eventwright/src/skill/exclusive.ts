import { closeSync, openSync } from 'node:fs'
import { lstat, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { InstallBusy } from './errors.ts'
import { codeOf, isAbsent } from './fault.ts'

const PATIENCE = 60_000

/**
 * Runs the work while no other process works on the same folder. The lock is the operating system's, through SQLite:
 * it is gone with the process that holds it, however that ends.
 */
export async function exclusively<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, '.eventwright.lock')
  const release = await acquire(file, Date.now() + PATIENCE)
  try {
    return await work()
  } finally {
    await release()
  }
}

async function acquire(file: string, until: number): Promise<() => Promise<void>> {
  for (;;) {
    const held = await tryToHold(file)
    if (held) return held
    if (Date.now() > until) {
      throw new InstallBusy(
        `Another eventwright has been at work on ${file} for a minute. End it, or wait for it.`,
      )
    }
    await sleep(20 + Math.random() * 30)
  }
}

async function tryToHold(file: string): Promise<(() => Promise<void>) | undefined> {
  await mustBeNoLink(file)
  makeFile(file)
  // Before it is opened to be locked: a file that takes its place later has another number.
  const before = await inodeOf(file)
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    // Who held it before removes the file: then this lock is on a file that nobody else will find.
    if (before !== undefined && (await inodeOf(file)) === before) {
      return async () => {
        await unlink(file).catch(() => undefined)
        database.close()
      }
    }
  } catch (error) {
    if (!isBusy(error)) throw error
  }
  database.close()
  return undefined
}

/**
 * Only where there is none, and in one go: whoever closes a file loses all POSIX locks that its process has on it, also
 * the one that another call of this process took through SQLite.
 */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx'))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

async function mustBeNoLink(file: string): Promise<void> {
  try {
    if ((await lstat(file)).isSymbolicLink()) await unlink(file)
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
}

async function inodeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).ino
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /database is locked|disk I\/O error/.test(error.message)
}
