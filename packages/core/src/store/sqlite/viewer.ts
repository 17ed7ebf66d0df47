import { setTimeout as sleep } from 'node:timers/promises'
import { CannotOpenFile, NotADatabase } from '../errors.ts'
import { clearFault, sqliteFault, whenFree } from './busy.ts'
import { connect, connectUnchanging, type SqliteConnection } from './connection.ts'
import { inUse, markOf, TICK } from './marks.ts'
import { snapshot } from './snapshot.ts'

/** Reads of a file that others may write, one after the other. */
export interface Viewer {
  read<Result>(work: (connection: SqliteConnection) => Result): Promise<Result>
  /** After what is being read. */
  close(): Promise<void>
}

/** How the file is looked at for a while. */
interface View {
  readonly connection: SqliteConnection
  /** What the file looked like, where no lock tells that it changes. */
  readonly mark: string | undefined
}

/** A view with locks is given back this soon after its last read, so that the last writer to leave can tidy up. */
const HELD = 10
/** A file that changes under this many looks in a row is in use, whatever stands beside it. */
const LOOKS = 5

/**
 * While a write-ahead log stands beside the file, it is read as any reader does. Without one nobody writes,
 * and it is read as a file that does not change, which needs no lock and no right to write anywhere: what was
 * read counts if the file then still looks the same, and is read again if not.
 */
export function viewerOf(path: string): Viewer {
  let view: View | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()

  function drop(): void {
    view?.connection.close()
    view = undefined
  }

  /** `undefined` where the file changed meanwhile. */
  async function look<Result>(
    work: (connection: SqliteConnection) => Result,
    locking: boolean,
  ): Promise<{ readonly result: Result } | undefined> {
    if (view !== undefined && stale(path, view)) drop()
    try {
      view ??= await open(path, locking)
      const { connection } = view
      const result = await whenFree(() => snapshot(connection, work))
      if (!stale(path, view)) return { result }
    } catch (error) {
      const changed = view !== undefined && stale(path, view)
      // The write-ahead log was there, and went away with its last user before it was opened.
      const left = sqliteFault(error) === 'open' && !locking && !inUse(path)
      if (!changed && !left) throw error
    }
    drop()
    return undefined
  }

  async function read<Result>(work: (connection: SqliteConnection) => Result): Promise<Result> {
    clearTimeout(idle)
    try {
      for (let looks = 1; ; looks++) {
        const found = await look(work, looks > LOOKS)
        if (found !== undefined) return found.result
      }
    } catch (error) {
      drop()
      throw clear(path, error)
    } finally {
      if (view !== undefined && view.mark === undefined) idle = setTimeout(drop, HELD).unref()
    }
  }

  return {
    read(work) {
      const reading = last.then(() => read(work))
      last = reading.catch(() => {})
      return reading
    },
    async close() {
      await last
      clearTimeout(idle)
      drop()
    },
  }
}

async function open(path: string, locking: boolean): Promise<View> {
  if (locking || inUse(path)) return { connection: connect(path, true), mark: undefined }
  const seen = markOf(path)
  if (!seen.settled) await sleep(TICK)
  return { connection: connectUnchanging(path), mark: seen.settled ? seen.mark : markOf(path).mark }
}

/** Who takes no locks must look: a log that has come since is a change like any other. */
function stale(path: string, { mark }: View): boolean {
  return mark !== undefined && (inUse(path) || markOf(path).mark !== mark)
}

function clear(path: string, error: unknown): unknown {
  switch (sqliteFault(error)) {
    case 'notadatabase':
      return new NotADatabase(path, { cause: error })
    case 'readonly':
    case 'open': {
      const why = inUse(path)
        ? `the last commits are in ${path}-wal, which this user may not read, or not beside a file that it may not write: look as the user of the service, or copy both files to a folder of your own`
        : 'this user may not read it'
      return new CannotOpenFile(path, why, { cause: error })
    }
    default:
      return clearFault(path, error)
  }
}
