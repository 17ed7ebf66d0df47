import { EPOCH_SLOT, lockSpace } from '../advisory.ts'
import { texts } from '../array.ts'
import type { PostgresSession } from '../database.ts'
import type { Tables } from '../tables.ts'
import { catchUp } from './catch-up.ts'

export interface NewEpoch {
  readonly epoch: string
  /** Names of checkpoints that go on in it. */
  readonly carry: readonly string[]
  /** Which history of which server it belongs to. */
  readonly origin: string
}

/** Flushes that move a checkpoint hold this lock: none of them commits in an epoch that is over. */
export async function lockEpoch({ rows }: PostgresSession, tables: Tables): Promise<void> {
  await rows(`SELECT pg_advisory_xact_lock(${lockSpace(tables)}, ${EPOCH_SLOT})`)
}

/** Call it under the epoch's lock. */
export async function renewEpoch(
  session: PostgresSession,
  tables: Tables,
  { epoch, carry, origin }: NewEpoch,
): Promise<void> {
  const { rows } = session
  await rows(`UPDATE ${tables.log} SET epoch = $1, cluster = $2`, [epoch, origin])
  await rows(
    `UPDATE ${tables.checkpoints} SET epoch = $1,
       position = least(position, (SELECT coalesce(max(e.position), 0) FROM ${tables.events} e))
     WHERE tenant = '' AND name = ANY ($2::text[])`,
    [epoch, texts(carry)],
  )
  await catchUp(session, tables)
}
