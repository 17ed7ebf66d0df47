import type { SqliteConnection } from '../../store/sqlite/index.ts'
import { allTopics, partitionsOf } from './messages.ts'

interface Source {
  readonly topic: number
  readonly partition: number
  readonly earliest: number
}

/** Removes at most `limit` messages that are older and that every group has committed. Gives their number. */
export function pruneMessages(connection: SqliteConnection, before: number, limit: number): number {
  let removed = 0
  for (const topic of allTopics(connection)) {
    for (const { partition, earliest } of partitionsOf(connection, topic.id)) {
      if (removed >= limit) return removed
      const source = { topic: topic.id, partition, earliest }
      removed += prunePartition(connection, source, before, limit - removed)
    }
  }
  return removed
}

function prunePartition(
  connection: SqliteConnection,
  { topic, partition, earliest }: Source,
  before: number,
  limit: number,
): number {
  const { until } = connection.get<{ until: number }>(
    `SELECT min(
       p.next,
       ?3 + ?4,
       coalesce((SELECT min(number) FROM eventwright_messages
         WHERE topic = ?1 AND partition = ?2 AND number < ?3 + ?4 AND published >= ?5), p.next),
       coalesce((SELECT min(committed) FROM eventwright_offsets
         WHERE topic = ?1 AND partition = ?2), p.next)
     ) AS until FROM eventwright_partitions p WHERE topic = ?1 AND partition = ?2`,
    topic,
    partition,
    earliest,
    limit,
    before,
  ) ?? { until: earliest }
  if (until <= earliest) return 0
  connection.run(
    'DELETE FROM eventwright_messages WHERE topic = ? AND partition = ? AND number < ?',
    topic,
    partition,
    until,
  )
  connection.run(
    'UPDATE eventwright_partitions SET earliest = ? WHERE topic = ? AND partition = ?',
    until,
    topic,
    partition,
  )
  return until - earliest
}
