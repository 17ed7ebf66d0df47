import { AsyncLocalStorage } from 'node:async_hooks'
import { CannotOpenFile, StoreReadOnly } from '../errors.ts'
import { tellAll } from '../listeners.ts'
import type { SqliteFile } from './file.ts'
import { markOf } from './marks.ts'
import { checkReadable } from './migrate.ts'
import { existingPath } from './path.ts'
import { viewerOf } from './viewer.ts'

const POLL_EVERY = 20

/**
 * Opens a database to look at it: no file is made or changed, no table upgraded, no lock taken that a writer
 * would wait for. While a write-ahead log stands beside the file, it is read as any reader does. Without one
 * nobody writes, and it is read as a file that does not change, which needs no right to write anywhere; what
 * was read counts only if the file then still looks the same, and is read again if not.
 * @throws CannotOpenFile NotADatabase
 */
export async function openReadOnlyFile(path: string): Promise<SqliteFile> {
  const file = readOnlyFile(existingPath(path))
  try {
    await file.read((db) => db.get('SELECT count(*) FROM sqlite_schema'))
  } catch (error) {
    await file.close()
    throw error
  }
  return file
}

function readOnlyFile(path: string): SqliteFile {
  const viewer = viewerOf(path)
  const listening = new Set<() => void>()
  let poll: NodeJS.Timeout | undefined
  let closing: Promise<void> | undefined
  let commits = 0
  let seen = markOf(path)

  function refuseClosed(): void {
    if (closing !== undefined) throw new CannotOpenFile(path, 'it was closed here, open it again')
  }

  function lookAround(): void {
    const now = markOf(path)
    if (now.mark === seen.mark && seen.settled) return
    seen = now
    commits++
    tellAll(listening)
  }

  const file: SqliteFile = {
    path,
    resource: listening,
    async write() {
      throw new StoreReadOnly(path)
    },
    async read(work) {
      refuseClosed()
      return viewer.read(work)
    },
    commits() {
      refuseClosed()
      lookAround()
      return commits
    },
    onCommit(listener) {
      refuseClosed()
      const own: () => void = AsyncLocalStorage.bind(() => listener())
      listening.add(own)
      poll ??= setInterval(lookAround, POLL_EVERY).unref()
      return () => {
        listening.delete(own)
        if (listening.size > 0) return
        clearInterval(poll)
        poll = undefined
      }
    },
    migrate: (name, migrations) =>
      file.read((connection) => checkReadable(connection, path, name, migrations)),
    close() {
      clearInterval(poll)
      closing ??= viewer.close()
      return closing
    },
  }
  return file
}
