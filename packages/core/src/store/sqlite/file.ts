import { AsyncLocalStorage } from 'node:async_hooks'
import { CannotOpenFile, NotADatabase } from '../errors.ts'
import { tellAll } from '../listeners.ts'
import { clearFault, sqliteFault, toldFault, whenFree } from './busy.ts'
import { connect, type SqliteConnection, type SyncLevel } from './connection.ts'
import { refuseForeign } from './foreign.ts'
import { applyMigrations, type Migration, SCHEMA_TABLE } from './migrate.ts'
import { MAY_ONLY_BE_READ, writablePath } from './path.ts'
import { openReadOnlyFile } from './read-only-file.ts'
import { type TurnSnapshot, turnSnapshot } from './turn-snapshot.ts'
import { type WriteQueue, writeQueue } from './write-queue.ts'

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
  /** Brings the tables called `name` up to date, under the write lock; to read only, sees that they can be read. @throws SchemaTooNew */
  migrate(name: string, migrations: readonly Migration[]): Promise<void>
  /** Waits for queued writes; the connections close with the last that uses the file. Idempotent. */
  close(): Promise<void>
}

interface Shared {
  readonly path: string
  readonly writer: SqliteConnection
  readonly reader: SqliteConnection
  readonly snapshot: TurnSnapshot
  readonly queue: WriteQueue
  /** The strictest wish of those who opened it. */
  level: SyncLevel
  readonly listeners: Set<() => void>
  commits: number
  dataVersion: number
  poll: NodeJS.Timeout | undefined
}

const POLL_EVERY = 20

const files = new Map<string, { users: number; readonly opening: Promise<Shared> }>()

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

async function share(path: string, level: SyncLevel): Promise<Shared> {
  const known = files.get(path) ?? { users: 0, opening: open(path, level) }
  files.set(path, known)
  known.users++
  try {
    return await known.opening
  } catch (error) {
    leave(path)
    throw error
  }
}

/** True for the last one that leaves. */
function leave(path: string): boolean {
  const entry = files.get(path)
  if (entry === undefined) return false
  entry.users--
  return entry.users === 0 && files.delete(path)
}

const LEVELS: readonly SyncLevel[] = ['off', 'normal', 'full']

/** The strictest wish holds for all that share the connection. */
function tighten(shared: Shared, wished: SyncLevel): void {
  if (LEVELS.indexOf(wished) <= LEVELS.indexOf(shared.level)) return
  shared.writer.sync(wished)
  // What nobody synced so far.
  shared.writer.exec('PRAGMA wal_checkpoint')
  shared.level = wished
}

async function open(path: string, level: SyncLevel): Promise<Shared> {
  let writer: SqliteConnection | undefined
  try {
    writer = connect(path, false)
    const connection = writer
    await whenFree(() => refuseForeign(path, connection))
    // A new file is made with care, unless it is thrown away.
    await whenFree(() => connection.sync(level === 'off' ? 'off' : 'full'))
    await whenFree(() => connection.exec('PRAGMA journal_mode = WAL'))
    // A WAL of 32 MB: with SQLite's 4 MB a steady writer copies pages back at every second commit.
    await whenFree(() => connection.exec('PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 8000'))
    await whenFree(() => connection.sync(level === 'off' ? 'off' : 'normal'))
    // Proves that the file can be written: on one that is only read, a transaction that writes nothing succeeds.
    await whenFree(() => connection.exec('BEGIN IMMEDIATE; PRAGMA user_version = 1; ROLLBACK'))
    // Makes the WAL that the read-only connection needs.
    await whenFree(() => connection.exec(`BEGIN IMMEDIATE; ${SCHEMA_TABLE}; COMMIT`))
    const reader = connect(path, true)
    const snapshot = turnSnapshot(reader)
    const shared: Shared = {
      path,
      writer: connection,
      reader,
      snapshot,
      queue: writeQueue(path, connection, {
        beginning: (quiet) => beginning(shared, quiet),
        committed: (news) => committed(shared, news),
      }),
      level,
      listeners: new Set(),
      commits: 0,
      dataVersion: dataVersion(connection) ?? 0,
      poll: undefined,
    }
    return shared
  } catch (error) {
    if (writer?.inTransaction) writer.exec('ROLLBACK')
    writer?.close()
    throw clear(path, error)
  }
}

function clear(path: string, error: unknown): unknown {
  switch (toldFault(error)) {
    case 'notadatabase':
      return new NotADatabase(path, { cause: error })
    case 'readonly':
      return new CannotOpenFile(path, MAY_ONLY_BE_READ, { cause: error })
    case 'open':
      return new CannotOpenFile(path, 'this user may not read and write it', { cause: error })
    case 'corrupt':
      return new CannotOpenFile(path, 'the database in it is damaged, restore it from a copy', {
        cause: error,
      })
    case 'full':
      return new CannotOpenFile(path, 'the disk is full', { cause: error })
    case 'io':
      return new CannotOpenFile(path, 'the disk does not answer', { cause: error })
    default:
      return error
  }
}

/**
 * On the writer connection it changes exactly when another process has committed. Undefined while
 * another process repairs the WAL, or the disk does not answer: then it is asked again later, and who
 * reads or writes hears of it.
 */
function dataVersion(writer: SqliteConnection): number | undefined {
  try {
    return writer.get<{ data_version: number }>('PRAGMA data_version')?.data_version
  } catch (error) {
    if (sqliteFault(error) !== undefined) return undefined
    throw error
  }
}

/** A snapshot that is held while others write would keep the WAL from ever starting anew. */
function beginning(shared: Shared, quiet: boolean): void {
  shared.snapshot.end()
  shared.writer.sync(shared.level === 'full' && quiet ? 'normal' : shared.level)
}

function committed(shared: Shared, news: boolean): void {
  shared.snapshot.end()
  lookAround(shared)
  if (!news) return
  shared.commits++
  tellAll(shared.listeners)
}

function lookAround(shared: Shared): void {
  const now = dataVersion(shared.writer) ?? shared.dataVersion
  if (now === shared.dataVersion) return
  shared.dataVersion = now
  shared.snapshot.end()
  shared.commits++
  tellAll(shared.listeners)
}

function handle(shared: Shared): SqliteFile {
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
    async migrate(name, migrations) {
      await file.write((connection) => applyMigrations(connection, shared.path, name, migrations))
    },
    close() {
      closing ??= release(shared, listening)
      return closing
    },
  }
  return file
}

function listen(shared: Shared, listener: () => void): void {
  shared.listeners.add(listener)
  shared.poll ??= setInterval(() => lookAround(shared), POLL_EVERY).unref()
}

function unlisten(shared: Shared, listener: () => void): void {
  shared.listeners.delete(listener)
  if (shared.listeners.size > 0) return
  clearInterval(shared.poll)
  shared.poll = undefined
}

async function release(shared: Shared, listening: ReadonlySet<() => void>): Promise<void> {
  await shared.queue.drained()
  for (const listener of listening) unlisten(shared, listener)
  if (!leave(shared.path)) return
  shared.snapshot.end()
  shared.reader.close()
  shared.writer.close()
}
