import { UnknownOutcomeError } from '../../errors.ts'
import type { PostgresSession, TransactionSettings } from '../database.ts'
import { type Connection, session } from './connection.ts'
import { clearFault, isLost, neverSent } from './faults.ts'
import type { Settings } from './options.ts'

/** Frozen inside a transaction, a process would hold its locks for ever, and with them what others may read. */
const LONGEST_PAUSE = 15_000

export async function begin(
  open: Connection,
  { answerTimeout, lockTimeout = 0, durable = true }: Settings & TransactionSettings,
): Promise<void> {
  await open.ask(
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ' +
      `SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_PAUSE}; ` +
      `SET LOCAL statement_timeout = ${answerTimeout}; SET LOCAL lock_timeout = ${lockTimeout}${durable ? '' : '; SET LOCAL synchronous_commit = off'}`,
  )
}

/** Commits what `work` does, or rolls it back where it throws. The transaction was begun. */
export async function toItsEnd<Result>(
  url: string,
  open: Connection,
  work: (session: PostgresSession) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work(session(url, open))
    await commit(url, open)
    return result
  } catch (error) {
    await rollBack(open)
    throw error
  }
}

export async function inTransaction<Result>(
  url: string,
  open: Connection,
  settings: Settings,
  work: (session: PostgresSession) => Promise<Result>,
): Promise<Result> {
  await begin(open, settings)
  return toItsEnd(url, open, work)
}

async function commit(url: string, open: Connection): Promise<void> {
  // The work may have caught what cut it. Nothing was committed then, which is no unknown outcome.
  if (open.broken !== undefined) throw clearFault(url, open.broken)
  let command: string
  try {
    command = (await open.ask('COMMIT')).command
  } catch (error) {
    throw unconfirmed(url, error)
  }
  if (command === 'COMMIT') return
  throw new Error(`${url}: a statement of this transaction had failed, so it was rolled back`)
}

/** What a lost answer says of a statement that commits. */
export function unconfirmed(url: string, error: unknown): unknown {
  if (!isLost(error) || neverSent(error)) return clearFault(url, error)
  return new UnknownOutcomeError(url, { cause: error })
}

async function rollBack(open: Connection): Promise<void> {
  if (open.broken !== undefined) return
  try {
    await open.ask('ROLLBACK')
  } catch (error) {
    open.broken ??= error
  }
}
