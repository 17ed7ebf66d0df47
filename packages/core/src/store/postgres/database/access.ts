import { UnknownOutcomeError } from '../../errors.ts'
import type { PostgresDatabase, StatementSettings, TransactionSettings } from '../database.ts'
import { type Connection, clearly, connection, session } from './connection.ts'
import { clearFault, isLost, neverSent } from './faults.ts'
import type { Settings } from './options.ts'
import { patiently } from './patience.ts'
import type { Source } from './source.ts'

export type Access = Pick<PostgresDatabase, 'rows' | 'write' | 'transaction'>

/** Statements over the connections of a source. */
export function access(url: string, { pool }: Source, settings: Settings): Access {
  const connect = async (wished: StatementSettings = {}): Promise<Connection> =>
    connection(await pool.connect(), { ...settings, ...wished })

  /** A connection that just sat there may be dead: it shows by its BEGIN that it is not. */
  async function begun(wished: TransactionSettings): Promise<Connection> {
    const open = await connect(wished)
    try {
      await open.ask(beginOf({ ...settings, ...wished }))
      return open
    } catch (error) {
      open.broken ??= error
      open.release()
      throw error
    }
  }

  async function ask<Row>(text: string, values: readonly unknown[] | undefined): Promise<readonly Row[]> {
    const open = await connect()
    try {
      return await open.rows<Row>(text, values)
    } finally {
      open.release()
    }
  }

  return {
    rows: (text, values) =>
      clearly(
        url,
        patiently(settings.patience, () => ask(text, values)),
      ),
    async write<Row>(text: string, values?: readonly unknown[], wished?: StatementSettings) {
      const open = await clearly(
        url,
        patiently(settings.patience, () => connect(wished)),
      )
      try {
        return await open.rows<Row>(text, values)
      } catch (error) {
        throw unconfirmed(url, error)
      } finally {
        open.release()
      }
    },
    async transaction(work, wished = {}) {
      const open = await clearly(
        url,
        patiently(settings.patience, () => begun(wished)),
      )
      try {
        const result = await work(session(url, open))
        await commit(url, open)
        return result
      } catch (error) {
        await rollBack(open)
        throw error
      } finally {
        open.release()
      }
    },
  }
}

/** Frozen inside a transaction, a process would hold its locks for ever, and with them what others may read. */
const LONGEST_PAUSE = 15_000

function beginOf({ answerTimeout, lockTimeout = 0 }: Settings & TransactionSettings): string {
  return (
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ' +
    `SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_PAUSE}; ` +
    `SET LOCAL statement_timeout = ${answerTimeout}; SET LOCAL lock_timeout = ${lockTimeout}`
  )
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

function unconfirmed(url: string, error: unknown): unknown {
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
