import type { JoinedEngine } from '../../engine.ts'
import { CannotJoin } from '../../errors.ts'
import type { JoinClient } from '../../join-client.ts'
import type { PostgresDatabase, PostgresSession } from '../database.ts'
import { flushInto } from '../flush.ts'
import { tellAtCommit } from '../news.ts'
import type { Tables } from '../tables.ts'
import { unitReads } from '../unit-reads.ts'
import { stateOf } from './client-fault.ts'
import { clientSession } from './client-session.ts'

export interface Joinable {
  readonly database: PostgresDatabase
  readonly tables: Tables
  readonly epoch: string
}

/** @throws CannotJoin */
export async function joinedEngine(
  { database, tables, epoch }: Joinable,
  client: JoinClient,
): Promise<JoinedEngine> {
  const { url, resource, schema } = database
  const session = clientSession(url, client)
  await enter(url, session)
  try {
    await checkTransaction(url, session, tables, epoch)
  } catch (error) {
    await session.exec(UNDO).catch(() => {})
    throw error
  }
  return {
    url,
    resource,
    epoch,
    ...unitReads(session, tables),
    async flush(needs, settle) {
      if (await flushInto({ session, tables, epoch, quiet: false }, needs, settle)) {
        await tellAtCommit(session, schema)
      }
    },
    leave: () => session.exec(LEAVE),
    // Where the connection is lost, all is undone already.
    undo: () => session.exec(UNDO).catch(() => {}),
  }
}

const ENTER = 'SAVEPOINT eventwright_join'
const LEAVE = 'RELEASE SAVEPOINT eventwright_join'
const UNDO = 'ROLLBACK TO SAVEPOINT eventwright_join'
const NO_TRANSACTION = '25P01'
const ABORTED = '25P02'
const NO_TABLES = ['42P01', '3F000']

/** A savepoint is refused where each statement would commit by itself. */
async function enter(url: string, session: PostgresSession): Promise<void> {
  try {
    await session.exec(ENTER)
  } catch (error) {
    if (stateOf(error) === ABORTED) {
      const why = 'a statement in it has failed, so it takes no more: ROLLBACK it, and begin again'
      throw new CannotJoin(url, why, { cause: error })
    }
    if (stateOf(error) !== NO_TRANSACTION) throw error
    throw new CannotJoin(url, 'none is open on this client: BEGIN one first', { cause: error })
  }
}

interface OpenTransaction {
  readonly isolation: string
  readonly read_only: string
  readonly epoch: string
}

async function checkTransaction(
  url: string,
  session: PostgresSession,
  tables: Tables,
  epoch: string,
): Promise<void> {
  const elsewhere = 'this client is connected to another database than the store'
  const sql = `SELECT current_setting('transaction_isolation') AS isolation, current_setting('transaction_read_only') AS read_only, epoch FROM ${tables.log}`
  let there: OpenTransaction | undefined
  try {
    there = (await session.rows<OpenTransaction>(sql))[0]
  } catch (error) {
    if (!NO_TABLES.includes(stateOf(error) ?? '')) throw error
    throw new CannotJoin(url, elsewhere, { cause: error })
  }
  if (there?.epoch !== epoch) {
    throw new CannotJoin(url, `${elsewhere}, or its log is in another epoch by now: start this process again`)
  }
  if (there.isolation !== 'read committed') {
    throw new CannotJoin(
      url,
      `it is "${there.isolation}", which does not see what was committed before a lock was given: BEGIN ISOLATION LEVEL READ COMMITTED`,
    )
  }
  if (there.read_only === 'on') {
    throw new CannotJoin(
      url,
      'it is READ ONLY: BEGIN READ WRITE on the primary, with default_transaction_read_only off',
    )
  }
}
