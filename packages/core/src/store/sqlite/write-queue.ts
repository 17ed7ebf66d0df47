import { UnknownOutcomeError } from '../errors.ts'
import { clearFault, sqliteFault, whenFree } from './busy.ts'
import type { SqliteConnection } from './connection.ts'

interface Write {
  readonly quiet: boolean
  /** True when it changed rows and that is worth telling. */
  readonly news: boolean
  /** Does the work inside the open transaction. The caller is told only once that has committed or not. */
  run(connection: SqliteConnection): void
  committed(): void
  failed(error: unknown): void
}

/** Writes of this process to one file, one transaction at a time, in order of arrival. */
export interface WriteQueue {
  add<Result>(work: (connection: SqliteConnection) => Result, quiet: boolean): Promise<Result>
  /** Resolves when nothing is queued. */
  drained(): Promise<void>
}

/** What the owner of the connections does around each transaction. */
export interface AroundWrites {
  /** `quiet`: nothing that is written by it needs to outlive a power cut. */
  beginning(quiet: boolean): void
  /** `news`: it changed rows and that is worth telling. */
  committed(news: boolean): void
}

export function writeQueue(
  path: string,
  connection: SqliteConnection,
  { beginning, committed }: AroundWrites,
): WriteQueue {
  let queued: Write[] = []
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (queued.length > 0) {
      // Calls of one turn of the event loop share the commit, of a store and of a broker; from BEGIN to COMMIT nothing is awaited.
      await new Promise(setImmediate)
      try {
        await whenFree(flush)
      } catch (error) {
        for (const write of takeAll()) write.failed(clearFault(path, error))
      }
    }
    // In the same turn in which the queue was seen empty: what is added after it must start anew.
    draining = undefined
  }

  function flush(): void {
    rollBack(connection)
    beginning(queued.every(({ quiet }) => quiet))
    connection.run('BEGIN IMMEDIATE')
    const writes = takeAll()
    const failures = commitOrFail(path, connection, writes)
    committed(writes.some((write) => write.news && !failures.has(write)))
    for (const write of writes) {
      const failure = failures.get(write)
      if (failure === undefined) write.committed()
      else write.failed(clearFault(path, failure.error))
    }
  }

  function takeAll(): Write[] {
    const taken = queued
    queued = []
    return taken
  }

  return {
    add: (work, quiet) =>
      new Promise((resolve, reject) => {
        let result: ReturnType<typeof work>
        let news = false
        queued.push({
          quiet,
          get news() {
            return news
          },
          run(open) {
            const before = quiet ? 0 : totalChanges(open)
            result = work(open)
            news = !quiet && totalChanges(open) > before
          },
          committed: () => resolve(result),
          failed: reject,
        })
        draining ??= drain()
      }),
    async drained() {
      while (draining !== undefined) await draining
    },
  }
}

function totalChanges(connection: SqliteConnection): number {
  return connection.get<{ changes: number }>('SELECT total_changes() AS changes')?.changes ?? 0
}

type Failures = ReadonlyMap<Write, { readonly error: unknown }>

/** Whatever the disk does between BEGIN and COMMIT, each caller gets an answer. */
function commitOrFail(path: string, connection: SqliteConnection, writes: readonly Write[]): Failures {
  try {
    return commitTogether(path, connection, writes)
  } catch (error) {
    rollBack(connection)
    return new Map(writes.map((write) => [write, { error }]))
  }
}

function rollBack(connection: SqliteConnection): void {
  try {
    if (connection.inTransaction) connection.run('ROLLBACK')
  } catch {
    // A disk that fails this too: the next flush tries it again.
  }
}

/** One COMMIT for all that waited; each in its own savepoint, so that one that throws harms no neighbour. */
function commitTogether(path: string, connection: SqliteConnection, writes: readonly Write[]): Failures {
  const failures = new Map<Write, { readonly error: unknown }>()
  const failRest = (error: unknown): Failures => {
    for (const write of writes) if (!failures.has(write)) failures.set(write, { error })
    return failures
  }
  for (const write of writes) {
    connection.run('SAVEPOINT one')
    try {
      write.run(connection)
      connection.run('RELEASE one')
    } catch (error) {
      // A full disk ends the whole transaction by itself: what was written before is gone too.
      if (!connection.inTransaction) return failRest(error)
      failures.set(write, { error })
      connection.exec('ROLLBACK TO one; RELEASE one')
    }
  }
  try {
    connection.run('COMMIT')
    return failures
  } catch (error) {
    rollBack(connection)
    return failRest(sqliteFault(error) === 'io' ? new UnknownOutcomeError(path, { cause: error }) : error)
  }
}
