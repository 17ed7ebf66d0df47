import type { PostgresDatabase } from '../../store/postgres/index.ts'

interface Source {
  readonly topic: number
  readonly partition: number
}

/** Removes at most `limit` messages that are older and that every group has committed. Gives their number. */
export async function pruneMessages(
  database: PostgresDatabase,
  before: number,
  limit: number,
): Promise<number> {
  const { schema } = database
  const sources = await database.rows<Source>(
    `SELECT topic, partition FROM ${schema}.eventwright_starts JOIN ${schema}.eventwright_partitions
     USING (topic, partition) WHERE earliest < next ORDER BY topic, partition`,
  )
  let removed = 0
  for (const { topic, partition } of sources) {
    if (removed >= limit) return removed
    const values = [topic, partition, before, limit - removed]
    const [gone] = await database.write<{ count: number }>(statement(schema), values)
    removed += gone?.count ?? 0
  }
  return removed
}

/** Publishers lock nothing that this locks; what another process prunes now is left to that one. */
const statement = (schema: string): string => `
WITH source AS MATERIALIZED (
  SELECT topic, partition, earliest FROM ${schema}.eventwright_starts
  WHERE topic = $1 AND partition = $2 FOR UPDATE SKIP LOCKED
), bound AS MATERIALIZED (
  SELECT s.*, least(
    p.next,
    s.earliest + $4::int,
    (SELECT min(number) FROM ${schema}.eventwright_messages
      WHERE topic = $1 AND partition = $2 AND number >= s.earliest AND number < s.earliest + $4::int
      AND published >= $3),
    (SELECT min(committed) FROM ${schema}.eventwright_offsets WHERE topic = $1 AND partition = $2)
  ) AS until
  FROM source s JOIN ${schema}.eventwright_partitions p USING (topic, partition)
), gone AS (
  DELETE FROM ${schema}.eventwright_messages m USING bound b
  WHERE m.topic = $1 AND m.partition = $2 AND m.number >= b.earliest AND m.number < b.until
  RETURNING 1
), moved AS (
  UPDATE ${schema}.eventwright_starts s SET earliest = b.until FROM bound b
  WHERE s.topic = b.topic AND s.partition = b.partition AND b.until > b.earliest
)
SELECT count(*) AS count FROM gone`
