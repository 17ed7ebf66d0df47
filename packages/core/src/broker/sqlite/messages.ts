import { LIMIT, type SqliteConnection } from '../../store/sqlite/index.ts'
import type { Message, ReceivedMessage } from '../broker.ts'
import type { Placement } from '../placement.ts'
import type { PartitionEnds, TopicPartition } from '../storage.ts'

interface Topic {
  readonly id: number
  readonly name: string
  readonly partitions: number
}

/** The next number that tells of a change. */
export function nextPulse(connection: SqliteConnection): number {
  return (
    connection.get<{ pulse: number }>('UPDATE eventwright_pulse SET pulse = pulse + 1 RETURNING pulse')
      ?.pulse ?? 0
  )
}

export function allTopics(connection: SqliteConnection): readonly Topic[] {
  return connection.all<Topic>('SELECT id, name, partitions FROM eventwright_topics ORDER BY name')
}

export function topicNamed(connection: SqliteConnection, name: string): Topic | undefined {
  return connection.get<Topic>('SELECT id, name, partitions FROM eventwright_topics WHERE name = ?', name)
}

/** Gives the number of partitions that the topic has now. */
export function createTopic(connection: SqliteConnection, name: string, partitions: number): number {
  const found = topicNamed(connection, name)
  if (found) return found.partitions
  connection.run(
    'INSERT INTO eventwright_topics (name, partitions, pulse) VALUES (?, ?, ?)',
    name,
    partitions,
    nextPulse(connection),
  )
  const id = topicNamed(connection, name)?.id ?? 0
  for (let partition = 0; partition < partitions; partition += 1) {
    connection.run('INSERT INTO eventwright_partitions VALUES (?, ?, 0, 0)', id, partition)
  }
  return partitions
}

/** False when there is no such topic. Call it under the write lock: that is what makes offsets gapless. */
export function appendMessages(
  connection: SqliteConnection,
  name: string,
  messages: readonly Message[],
  place: Placement,
): boolean {
  const topic = topicNamed(connection, name)
  if (!topic) return false
  if (messages.length === 0) return true
  const publishedAt = Date.now()
  const next = new Map(partitionsOf(connection, topic.id).map((row) => [row.partition, row.next]))
  const touched = new Set<number>()
  for (const message of messages) {
    const partition = place(message.key, topic.partitions)
    const offset = next.get(partition) ?? 0
    insert(connection, topic.id, { ...message, topic: name, partition, offset, publishedAt })
    next.set(partition, offset + 1)
    touched.add(partition)
  }
  for (const partition of touched) {
    connection.run(
      'UPDATE eventwright_partitions SET next = ? WHERE topic = ? AND partition = ?',
      next.get(partition) ?? 0,
      topic.id,
      partition,
    )
  }
  connection.run('UPDATE eventwright_topics SET pulse = ? WHERE id = ?', nextPulse(connection), topic.id)
  return true
}

function insert(connection: SqliteConnection, topic: number, message: ReceivedMessage): void {
  connection.run(
    'INSERT INTO eventwright_messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    topic,
    message.partition,
    message.offset,
    message.id,
    message.key,
    JSON.stringify(message.headers),
    message.value,
    message.publishedAt,
  )
}

export function partitionsOf(
  connection: SqliteConnection,
  topic: number,
): readonly { readonly partition: number; readonly earliest: number; readonly next: number }[] {
  return connection.all(
    'SELECT partition, earliest, next FROM eventwright_partitions WHERE topic = ? ORDER BY partition',
    topic,
  )
}

export function endsOf(connection: SqliteConnection, topics: readonly string[]): readonly PartitionEnds[] {
  return topics.flatMap((name) => {
    const topic = topicNamed(connection, name)
    return topic ? partitionsOf(connection, topic.id).map((ends) => ({ topic: name, ...ends })) : []
  })
}

interface MessageRow {
  readonly number: number
  readonly id: string
  readonly key: string | null
  readonly headers: string
  readonly value: string
  readonly published: number
}

const READ_CHARACTERS = 4_000_000

export function readMessages(
  connection: SqliteConnection,
  { topic, partition }: TopicPartition,
  from: number,
  limit: number,
): readonly ReceivedMessage[] {
  const found: ReceivedMessage[] = []
  const id = topicNamed(connection, topic)?.id
  if (id === undefined) return found
  let characters = 0
  const rows = connection.iterate<MessageRow>(
    `SELECT number, id, key, headers, value, published FROM eventwright_messages
     WHERE topic = ? AND partition = ? AND number >= ? ORDER BY number ${LIMIT}`,
    id,
    partition,
    from,
    limit,
  )
  for (const row of rows) {
    characters += row.value.length
    if (found.length > 0 && characters > READ_CHARACTERS) break
    found.push({
      id: row.id,
      key: row.key,
      headers: JSON.parse(row.headers),
      value: row.value,
      topic,
      partition,
      offset: row.number,
      publishedAt: row.published,
    })
  }
  return found
}
