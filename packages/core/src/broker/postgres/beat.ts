import type { PostgresDatabase } from '../../store/postgres/index.ts'
import { NEED_NOT_OUTLIVE_A_POWER_CUT, NOW } from './sql.ts'

/** False when the member is gone or another one's session has run out. */
export async function beat(
  database: PostgresDatabase,
  group: string,
  member: string,
  milliseconds: number,
): Promise<boolean> {
  const members = `${database.schema}.eventwright_members`
  const beaten = await database.write(
    `UPDATE ${members} m SET expires = ${NOW} + $3
     WHERE m.consumers = $1 AND m.id = $2 AND NOT EXISTS (
       SELECT 1 FROM ${members} other WHERE other.consumers = $1 AND other.id <> $2 AND other.expires <= ${NOW}
     ) RETURNING ${NEED_NOT_OUTLIVE_A_POWER_CUT}`,
    [group, member, milliseconds],
  )
  return beaten.length > 0
}
