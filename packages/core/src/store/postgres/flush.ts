import { type Batch, type Found, isEmpty, type Needs } from '../settle/index.ts'
import { countCommit } from './committing.ts'
import type { PostgresSession } from './database.ts'
import { load } from './load.ts'
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

/**
 * Locks and loads what is needed, gives it to `settle` and writes the batch, in the transaction of `session`. False
 * where there was nothing to write.
 */
export async function flushInto(
  { session, tables, epoch, quiet }: FlushInto,
  needs: Needs,
  settle: (found: Found) => Batch,
): Promise<boolean> {
  const loaded = await load(session, tables, epoch, needs)
  const batch = settle(loaded.found)
  if (isEmpty(batch)) return false
  await Promise.all([
    quiet ? undefined : session.rows(countCommit(tables)),
    save(session, tables, batch, loaded),
  ])
  return true
}
