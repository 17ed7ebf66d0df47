import type { Batch } from '../settle/index.ts'
import { numbers, texts } from './array.ts'
import type { PostgresSession } from './database.ts'
import type { Tables } from './tables.ts'

export async function saveCheckpoints(
  session: PostgresSession,
  tables: Tables,
  { checkpoints }: Batch,
): Promise<void> {
  if (checkpoints.size === 0) return
  const all = [...checkpoints.values()]
  await session.rows(
    `INSERT INTO ${tables.checkpoints} (tenant, name, position, epoch)
     SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
     ON CONFLICT (name, tenant) DO UPDATE SET position = excluded.position, epoch = excluded.epoch`,
    [
      texts(all.map(({ tenant }) => tenant)),
      texts(all.map(({ name }) => name)),
      numbers(all.map(({ position }) => position)),
      texts(all.map(({ epoch }) => epoch)),
    ],
  )
}

export async function saveFences(session: PostgresSession, tables: Tables, { fences }: Batch): Promise<void> {
  if (fences.size === 0) return
  const all = [...fences.values()]
  await session.rows(
    `INSERT INTO ${tables.fences} (tenant, name, token) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
     ON CONFLICT (name, tenant) DO UPDATE SET token = excluded.token`,
    [
      texts(all.map(({ tenant }) => tenant)),
      texts(all.map(({ name }) => name)),
      numbers(all.map(({ token }) => token)),
    ],
  )
}
