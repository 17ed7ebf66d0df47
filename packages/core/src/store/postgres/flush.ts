import { type Batch, type Found, isEmpty, type Needs } from '../settle/index.ts'
import { countCommit } from './committing.ts'
import type { PostgresSession } from './database.ts'
import { type Loaded, load } from './load.ts'
import { save } from './save.ts'
import type { Tables } from './tables.ts'

export interface FlushInto {
  readonly session: PostgresSession
  readonly tables: Tables
  /** Of the store that is open. */
  readonly epoch: string
  /** True: it does not count as a commit. */
  readonly quiet: boolean
}

/** What was sent, with which the COMMIT may go. */
export interface Sent {
  readonly saving: Promise<void>
  readonly batch: Batch
  readonly streamRows: Loaded['streamRows']
}

/**
 * Locks and loads what is needed, gives it to `settle` and writes the batch, in the transaction of `session`. False
 * where there was nothing to write.
 */
export async function flushInto(
  into: FlushInto,
  needs: Needs,
  settle: (found: Found) => Batch,
): Promise<boolean> {
  const sent = await sendFlush(into, needs, settle)
  await sent?.saving
  return sent !== undefined
}

/** The same without waiting for what is written. */
export async function sendFlush(
  { session, tables, epoch, quiet }: FlushInto,
  needs: Needs,
  settle: (found: Found) => Batch,
): Promise<Sent | undefined> {
  const loaded = await load(session, tables, epoch, needs)
  const batch = settle(loaded.found)
  if (isEmpty(batch)) return undefined
  const saving = writeAll(session, tables, batch, loaded, quiet)
  // Whoever waits for it hears of it.
  saving.catch(() => {})
  // What fails before it is sent (a text that is too long) is no error of the transaction, which would commit the rest.
  await Promise.race([saving, new Promise(process.nextTick)])
  return { saving, batch, streamRows: loaded.streamRows }
}

async function writeAll(
  session: PostgresSession,
  tables: Tables,
  batch: Batch,
  loaded: Loaded,
  quiet: boolean,
): Promise<void> {
  await Promise.all([
    quiet ? undefined : session.rows(countCommit(tables)),
    save(session, tables, batch, loaded),
  ])
}
