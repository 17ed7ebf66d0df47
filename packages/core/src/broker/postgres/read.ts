import type { PostgresDatabase } from '../../store/postgres/index.ts'
import type { ReceivedMessage } from '../broker.ts'
import type { TopicPartition } from '../storage.ts'
import { withZero } from './zero.ts'

interface MessageRow {
  readonly number: number
  readonly id: string
  readonly key: string | null
  readonly headers: string
  readonly value: string
  readonly published: number
}

const READ_BYTES = 4_000_000

/** From an offset on, until there are enough messages or bytes; one message at least. */
export async function readMessages(
  database: PostgresDatabase,
  { topic, partition }: TopicPartition,
  from: number,
  limit: number,
): Promise<readonly ReceivedMessage[]> {
  const { schema } = database
  const rows = await database.rows<MessageRow>(
    `SELECT number, id, key, headers, value, published FROM (
       SELECT *, sum(octet_length(value)) OVER (ORDER BY number ROWS UNBOUNDED PRECEDING)
         - octet_length(value) AS before
       FROM ${schema}.eventwright_messages
       WHERE topic = (SELECT id FROM ${schema}.eventwright_topics WHERE name = $1) AND partition = $2 AND number >= $3
       ORDER BY number LIMIT $4
     ) found WHERE before < ${READ_BYTES} ORDER BY number`,
    [topic, partition, from, limit],
  )
  return rows.map(({ number, headers, published, id, key, value }) => ({
    id: withZero(id),
    key: key === null ? null : withZero(key),
    headers: JSON.parse(headers),
    value: withZero(value),
    topic,
    partition,
    offset: number,
    publishedAt: published,
  }))
}
