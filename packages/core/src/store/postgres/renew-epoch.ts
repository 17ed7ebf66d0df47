import { EPOCH_SLOT, lockSpace } from './advisory.ts'
import { texts } from './array.ts'
import type { PostgresDatabase } from './database.ts'
import { tablesOf } from './tables.ts'

/** Flushes that move a checkpoint hold the epoch's lock: none of them commits in an epoch that is over. */
export async function renewEpoch(
  database: PostgresDatabase,
  epoch: string,
  carry: readonly string[],
): Promise<void> {
  const tables = tablesOf(database)
  await database.transaction(async (session) => {
    await session.rows(`SELECT pg_advisory_xact_lock(${lockSpace(tables)}, ${EPOCH_SLOT})`)
    await session.rows(`UPDATE ${tables.log} SET epoch = $1`, [epoch])
    await session.rows(
      `UPDATE ${tables.checkpoints} SET epoch = $1,
         position = least(position, (SELECT coalesce(max(e.position), 0) FROM ${tables.events} e))
       WHERE tenant = '' AND name = ANY ($2::text[])`,
      [epoch, texts(carry)],
    )
  })
}
