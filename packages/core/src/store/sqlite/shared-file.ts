import { tellAll } from '../listeners.ts'
import { sqliteFault, whenFree } from './busy.ts'
import { connect, type SqliteConnection, type SyncLevel } from './connection.ts'
import { refuseForeign } from './foreign.ts'
import { SCHEMA_TABLE } from './migrate.ts'
import { openingFault } from './opening-fault.ts'
import { type TurnSnapshot, turnSnapshot } from './turn-snapshot.ts'
import { type WriteQueue, writeQueue } from './write-queue.ts'

/** The connections of this process to one file, for all who opened it. */
export interface SharedFile {
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

const files = new Map<string, { users: number; readonly opening: Promise<SharedFile> }>()

/** Opens the file, or joins those who have it open. @throws CannotOpenFile NotADatabase */
export async function share(path: string, level: SyncLevel): Promise<SharedFile> {
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
export function tighten(shared: SharedFile, wished: SyncLevel): void {
  if (LEVELS.indexOf(wished) <= LEVELS.indexOf(shared.level)) return
  shared.writer.sync(wished)
  // What nobody synced so far.
  shared.writer.exec('PRAGMA wal_checkpoint')
  shared.level = wished
}

async function open(path: string, level: SyncLevel): Promise<SharedFile> {
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
    const shared: SharedFile = {
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
    throw openingFault(path, error)
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
function beginning(shared: SharedFile, quiet: boolean): void {
  shared.snapshot.end()
  shared.writer.sync(shared.level === 'full' && quiet ? 'normal' : shared.level)
}

function committed(shared: SharedFile, news: boolean): void {
  shared.snapshot.end()
  lookAround(shared)
  if (!news) return
  shared.commits++
  tellAll(shared.listeners)
}

/** Tells what other processes have committed since. */
export function lookAround(shared: SharedFile): void {
  const now = dataVersion(shared.writer) ?? shared.dataVersion
  if (now === shared.dataVersion) return
  shared.dataVersion = now
  shared.snapshot.end()
  shared.commits++
  tellAll(shared.listeners)
}

export function listen(shared: SharedFile, listener: () => void): void {
  shared.listeners.add(listener)
  shared.poll ??= setInterval(() => lookAround(shared), POLL_EVERY).unref()
}

export function unlisten(shared: SharedFile, listener: () => void): void {
  shared.listeners.delete(listener)
  if (shared.listeners.size > 0) return
  clearInterval(shared.poll)
  shared.poll = undefined
}

/** What was queued is written; the connections close with the last that uses the file. */
export async function release(shared: SharedFile, listening: ReadonlySet<() => void>): Promise<void> {
  await shared.queue.drained()
  for (const listener of listening) unlisten(shared, listener)
  if (!leave(shared.path)) return
  shared.snapshot.end()
  shared.reader.close()
  shared.writer.close()
}
