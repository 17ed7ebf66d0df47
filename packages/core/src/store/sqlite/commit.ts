import { UnknownOutcomeError } from '../errors.ts'
import { sqliteFault } from './busy.ts'
import type { SqliteConnection } from './connection.ts'

/** What is done inside an open transaction. */
export interface Work {
  run(connection: SqliteConnection): void
}

interface Failure {
  readonly error: unknown
}

/** Those of the works that wrote nothing, and why. */
export type Failures = ReadonlyMap<Work, Failure>

/** Whatever the disk does between BEGIN and COMMIT, each caller gets an answer. */
export function commitOrFail(path: string, connection: SqliteConnection, writes: readonly Work[]): Failures {
  try {
    const [first] = writes
    if (first !== undefined && writes.length === 1) return commitAlone(path, connection, first)
    return commitTogether(path, connection, writes)
  } catch (error) {
    rollBack(connection)
    return new Map(writes.map((write) => [write, { error }]))
  }
}

export function rollBack(connection: SqliteConnection): void {
  try {
    if (connection.inTransaction) connection.run('ROLLBACK')
  } catch {
    // A disk that fails this too: the next flush tries it again.
  }
}

/**
 * Who is alone has no neighbour to harm, so it needs no savepoint: with one SQLite copies each page before it changes.
 */
function commitAlone(path: string, connection: SqliteConnection, write: Work): Failures {
  try {
    write.run(connection)
  } catch (error) {
    rollBack(connection)
    return new Map([[write, { error }]])
  }
  return commit(path, connection, [write], new Map())
}

/** One COMMIT for all that waited; each in its own savepoint, so that one that throws harms no neighbour. */
function commitTogether(path: string, connection: SqliteConnection, writes: readonly Work[]): Failures {
  const failures = new Map<Work, Failure>()
  for (const write of writes) {
    connection.run('SAVEPOINT one')
    try {
      write.run(connection)
      connection.run('RELEASE one')
    } catch (error) {
      // A full disk ends the whole transaction by itself: what was written before is gone too.
      if (!connection.inTransaction) return failRest(writes, failures, error)
      failures.set(write, { error })
      connection.exec('ROLLBACK TO one; RELEASE one')
    }
  }
  return commit(path, connection, writes, failures)
}

function commit(
  path: string,
  connection: SqliteConnection,
  writes: readonly Work[],
  failures: Failures,
): Failures {
  try {
    connection.run('COMMIT')
    return failures
  } catch (error) {
    rollBack(connection)
    const unknown = sqliteFault(error) === 'io' ? new UnknownOutcomeError(path, { cause: error }) : error
    return failRest(writes, failures, unknown)
  }
}

function failRest(writes: readonly Work[], failures: Failures, error: unknown): Failures {
  return new Map(writes.map((write) => [write, failures.get(write) ?? { error }]))
}
