import { AsyncLocalStorage } from 'node:async_hooks'
import { CannotOpenFile } from '../errors.ts'
import { clearFault, whenFree } from './busy.ts'
import type { SqliteConnection } from './connection.ts'
import { applyMigrations, type Migration } from './migrate.ts'
import { writablePath } from './path.ts'
import { openReadOnlyFile } from './read-only-file.ts'
import { listen, lookAround, release, type SharedFile, share, tighten, unlisten } from './shared-file.ts'

export interface SqliteFileOptions {
  /** Default `full`: a commit is on disk when it is answered. `normal`: a power cut may lose the last ones, never half of one. `off`, for files that are thrown away: it may leave a file that cannot be read. */
  readonly synchronous?: 'full' | 'normal' | 'off'
  /**
   * True: to look at a file, also one that others write and one that this user may not write. No file is made or
   * changed, no table is upgraded, no writer waits; writing is `StoreReadOnly`. Default false.
   */
  readonly readOnly?: boolean
}

/**
 * A database file as one process uses it: one writer connection and one read-only connection, shared by
 * everything that opens the same path. Nothing here blocks the event loop while another process writes.
 */
export interface SqliteFile {
  readonly path: string
  /** The same object for all that have this file open: what `refuseInsideWork` tells stores apart by. */
  readonly resource: object
  /**
   * `work` runs synchronously between BEGIN IMMEDIATE and COMMIT, in order of arrival; concurrent calls
   * share a commit, and a throw undoes that call's writes only. Resolves when the commit is durable.
   * `quiet`: the write does not count as a commit for `commits` and `onCommit` of this process, and is by itself
   * not synced: it outlives the process, a power cut may lose it (leases, heart-beats, how far somebody has come).
   */
  write<Result>(
    work: (connection: SqliteConnection) => Result,
    options?: { quiet?: boolean },
  ): Promise<Result>
  /** `work` reads synchronously one snapshot of what is committed. */
  read<Result>(work: (connection: SqliteConnection) => Result): Promise<Result>
  /** Counts up with every commit that this process made or can see. */
  commits(): number
  /** Called after each commit of this process, and within some 20 ms after those of others. Returns what ends it. */
  onCommit(listener: () => void): () => void
  /**
   * Brings the tables called `name` up to date, under the write lock; to read only, sees that they can be read. Gives
   * the version that it found. @throws SchemaTooNew
   */
  migrate(name: string, migrations: readonly Migration[]): Promise<number>
  /** Waits for queued writes; the connections close with the last that uses the file. Idempotent. */
  close(): Promise<void>
}

/**
 * Opens the file, making it when it is not there, unless it is opened to read only.
 * @throws CannotOpenFile NotADatabase
 */
export async function openSqliteFile(path: string, options: SqliteFileOptions = {}): Promise<SqliteFile> {
  if (options.readOnly) return openReadOnlyFile(path)
  const real = writablePath(path)
  const { synchronous = 'full' } = options
  const shared = await share(real, synchronous)
  await whenFree(() => tighten(shared, synchronous))
  return handle(shared)
}

function handle(shared: SharedFile): SqliteFile {
  const listening = new Set<() => void>()
  let closing: Promise<void> | undefined
  const refuseClosed = (): void => {
    if (closing !== undefined) throw new CannotOpenFile(shared.path, 'it was closed here, open it again')
  }
  const file: SqliteFile = {
    path: shared.path,
    resource: shared,
    async write(work, options) {
      refuseClosed()
      return shared.queue.add(work, options?.quiet ?? false)
    },
    async read(work) {
      refuseClosed()
      try {
        return await whenFree(() => shared.snapshot.read(work))
      } catch (error) {
        throw clearFault(shared.path, error)
      }
    },
    commits() {
      refuseClosed()
      lookAround(shared)
      return shared.commits
    },
    onCommit(listener) {
      refuseClosed()
      // Called as whoever registered it, not as the unit of work that happens to commit.
      const own: () => void = AsyncLocalStorage.bind(() => listener())
      listening.add(own)
      listen(shared, own)
      return () => {
        listening.delete(own)
        unlisten(shared, own)
      }
    },
    migrate: (name, migrations) =>
      file.write((connection) => applyMigrations(connection, shared.path, name, migrations)),
    close() {
      closing ??= release(shared, listening)
      return closing
    },
  }
  return file
}
