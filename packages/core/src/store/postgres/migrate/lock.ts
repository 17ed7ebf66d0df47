import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresDatabase, PostgresSession } from '../database.ts'

/** Building an index of a large log takes its time; a server that is gone is told by the network. */
export const LONG: number = 6 * 3_600_000

/** What gives the migrations of one schema turns, for the length of a transaction. */
export function lockKey(schema: string): string {
  return `hashtextextended('eventwright migrations of ${schema.replaceAll("'", "''")}', 0)`
}

/**
 * Nobody else migrates this schema while `work` runs. Whoever waits does so outside of the database: a statement that
 * waits there has a snapshot, for whose end a concurrent build of an index would wait in turn.
 */
export async function underLock<Result>(
  database: PostgresDatabase,
  work: (session: PostgresSession) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const done = await tryUnderLock(database, work)
    if (done !== undefined) return done.result
    await sleep(50 + Math.random() * 50)
  }
}

function tryUnderLock<Result>(
  database: PostgresDatabase,
  work: (session: PostgresSession) => Promise<Result>,
): Promise<{ readonly result: Result } | undefined> {
  return database.transaction(
    async (session) => {
      await session.exec('SET LOCAL idle_in_transaction_session_timeout = 0')
      const sql = `SELECT pg_try_advisory_xact_lock(${lockKey(database.schema)}) AS ours`
      const [locked] = await session.rows<{ ours: boolean }>(sql)
      // Ends the portal of the statement before, and with it its snapshot: see above.
      await session.exec('SELECT 1')
      return locked?.ours ? { result: await work(session) } : undefined
    },
    { answerTimeout: LONG },
  )
}
