import type { PostgresDatabase } from '../../store/postgres/index.ts'
import type { GroupProgress } from '../storage.ts'

export async function generationOf(database: PostgresDatabase, group: string): Promise<number> {
  const [found] = await database.rows<{ generation: number }>(
    `SELECT generation FROM ${database.schema}.eventwright_groups WHERE name = $1`,
    [group],
  )
  return found?.generation ?? 0
}

export function progressOf(database: PostgresDatabase, group: string): Promise<readonly GroupProgress[]> {
  const { schema } = database
  return database.rows<GroupProgress>(
    `SELECT t.name AS topic, o.partition, o.committed
     FROM ${schema}.eventwright_offsets o JOIN ${schema}.eventwright_topics t ON t.id = o.topic WHERE o.consumers = $1`,
    [group],
  )
}
