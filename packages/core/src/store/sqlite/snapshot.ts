import type { SqliteConnection } from './connection.ts'

/** Runs `work` on one state of what is committed. */
export function snapshot<Result>(
  reader: SqliteConnection,
  work: (connection: SqliteConnection) => Result,
): Result {
  reader.run('BEGIN')
  try {
    return work(reader)
  } finally {
    if (reader.inTransaction) reader.run('COMMIT')
  }
}
