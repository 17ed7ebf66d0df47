import { newId } from '../../../event/index.ts'
import type { PostgresDatabase } from '../database.ts'
import type { Tables } from '../tables.ts'
import { livesOn, originOf } from './origin.ts'
import { lockEpoch, renewEpoch } from './renew-epoch.ts'

export type Asking = Pick<PostgresDatabase, 'rows' | 'transaction'>

export interface Following {
  /** Checkpoints that go on in a new epoch. */
  readonly carry: readonly string[]
  /** A failover loses nothing: it begins no epoch. */
  readonly synchronousStandbys: boolean
}

/**
 * Begins a new epoch where the log lives in another history than it did: its tail may be lost, and positions be given
 * again. The first look remembers where it lives.
 */
export async function followOrigin(
  asking: Asking,
  tables: Tables,
  { carry, synchronousStandbys }: Following,
): Promise<void> {
  const origin = await originOf(asking, tables)
  if ((await recordedOrigin(asking, tables)) === origin) return
  await asking.transaction(async (session) => {
    await lockEpoch(session, tables)
    const recorded = await recordedOrigin(session, tables)
    if (recorded === null || livesOn(recorded, origin, synchronousStandbys)) {
      await session.rows(`UPDATE ${tables.log} SET cluster = $1`, [origin])
    } else {
      await renewEpoch(session, tables, { epoch: newId(), carry, origin })
    }
  })
}

async function recordedOrigin({ rows }: Pick<Asking, 'rows'>, tables: Tables): Promise<string | null> {
  const [row] = await rows<{ readonly cluster: string | null }>(`SELECT cluster FROM ${tables.log}`)
  return row?.cluster ?? null
}
