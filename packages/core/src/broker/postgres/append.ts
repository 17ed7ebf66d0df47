import type { PostgresDatabase } from '../../store/postgres/index.ts'
import type { Message } from '../broker.ts'
import type { PartitionEnd } from '../storage.ts'
import { NOW } from './sql.ts'
import type { Topic } from './topics.ts'
import { withoutZero } from './zero.ts'

/** A message and the partition that takes it. */
export interface PlacedMessage {
  readonly topic: Topic
  readonly partition: number
  readonly message: Message
}

/**
 * Appends all messages in their order, or none: nothing comes back when a topic is not as it was known, else where the
 * partitions end. One statement, so that
 * the partitions' rows are locked while the database works and never while this process does; locked in their
 * order, so that two publishers of several partitions never wait for each other. Offsets are counted under
 * those locks, which is what makes them gapless and their order that of the commits.
 */
export async function appendMessages(
  database: PostgresDatabase,
  placed: readonly PlacedMessage[],
): Promise<readonly PartitionEnd[] | undefined> {
  const rows = await database.write<EndRow>(statement(database.schema), [
    placed.map(({ topic }) => topic.id),
    placed.map(({ topic }) => topic.partitions),
    placed.map(({ partition }) => partition),
    placed.map(({ message }) => withoutZero(message.id)),
    placed.map(({ message: { key } }) => (key === null ? null : withoutZero(key))),
    placed.map(({ message }) => JSON.stringify(message.headers)),
    placed.map(({ message }) => withoutZero(message.value)),
  ])
  const names = new Map(placed.map(({ topic }) => [topic.id, topic.name]))
  if (rows.reduce((sum, { written }) => sum + written, 0) !== placed.length) return undefined
  return rows.map(({ topic, partition, next }) => ({ topic: names.get(topic) ?? '', partition, next }))
}

interface EndRow {
  readonly topic: number
  readonly partition: number
  readonly next: number
  readonly written: number
}

const statement = (schema: string): string => `
WITH given AS MATERIALIZED (
  SELECT * FROM unnest($1::int[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS given (topic, partitions, partition, id, key, headers, value, at)
), wanted AS MATERIALIZED (
  SELECT DISTINCT topic, partitions, partition FROM given
), locked AS (
  SELECT p.topic, p.partition, p.next FROM ${schema}.eventwright_partitions p
  JOIN wanted w ON w.topic = p.topic AND w.partition = p.partition
  JOIN ${schema}.eventwright_topics t ON t.id = w.topic AND t.partitions = w.partitions
  ORDER BY p.topic, p.partition FOR UPDATE OF p
), numbered AS MATERIALIZED (
  SELECT g.*, l.next - 1 + row_number() OVER (PARTITION BY g.topic, g.partition ORDER BY g.at) AS number
  FROM given g JOIN locked l ON l.topic = g.topic AND l.partition = g.partition
  WHERE (SELECT count(*) FROM locked) = (SELECT count(*) FROM wanted)
), written AS (
  INSERT INTO ${schema}.eventwright_messages (topic, partition, number, id, key, headers, value, published)
  SELECT topic, partition, number, id, key, headers, value, ${NOW}
  FROM numbered ORDER BY topic, partition, number
), moved AS (
  UPDATE ${schema}.eventwright_partitions p SET next = ends.next
  FROM (SELECT topic, partition, max(number) + 1 AS next FROM numbered GROUP BY topic, partition) ends
  WHERE p.topic = ends.topic AND p.partition = ends.partition
)
SELECT topic, partition, max(number) + 1 AS next, count(*) AS written FROM numbered GROUP BY topic, partition`
