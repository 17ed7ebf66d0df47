import type { PostgresDatabase } from '../../store/postgres/index.ts'
import { partitionKey } from '../group/assignment.ts'
import type { OffsetCommit, TopicPartition } from '../storage.ts'
import { NEED_NOT_OUTLIVE_A_POWER_CUT } from './sql.ts'

/** Gives the commits that were refused: this member no longer owns the partition under this token. */
export async function commitOffsets(
  database: PostgresDatabase,
  group: string,
  member: string,
  offsets: readonly OffsetCommit[],
): Promise<readonly OffsetCommit[]> {
  const written = await database.write<TopicPartition>(statement(database.schema), [
    group,
    member,
    offsets.map(({ topic }) => topic),
    offsets.map(({ partition }) => partition),
    offsets.map(({ token }) => token),
    offsets.map(({ offset }) => offset),
  ])
  const taken = new Set(written.map(({ topic, partition }) => partitionKey(topic, partition)))
  return offsets.filter(({ topic, partition }) => !taken.has(partitionKey(topic, partition)))
}

/** Rows are locked in their order, and looked at again once they are: who waited behind a new owner is refused. */
const statement = (schema: string): string => `
WITH asked AS MATERIALIZED (
  SELECT *, ${NEED_NOT_OUTLIVE_A_POWER_CUT}
  FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[]) AS asked (name, partition, token, number)
), owned AS MATERIALIZED (
  SELECT o.topic, o.partition, t.name, a.number FROM asked a
  JOIN ${schema}.eventwright_topics t ON t.name = a.name
  JOIN ${schema}.eventwright_offsets o ON o.consumers = $1 AND o.topic = t.id AND o.partition = a.partition
  WHERE o.owner = $2 AND o.token = a.token
  ORDER BY o.topic, o.partition FOR UPDATE OF o
), written AS (
  UPDATE ${schema}.eventwright_offsets o SET committed = greatest(o.committed, owned.number)
  FROM owned WHERE o.consumers = $1 AND o.topic = owned.topic AND o.partition = owned.partition
)
SELECT name AS topic, partition FROM owned`
