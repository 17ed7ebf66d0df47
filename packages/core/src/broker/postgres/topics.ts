import type { PostgresDatabase, PostgresSession } from '../../store/postgres/index.ts'
import type { PartitionEnds } from '../storage.ts'

export interface Topic {
  readonly id: number
  readonly name: string
  readonly partitions: number
}

/** Gives the number of partitions that the topic has now. */
export async function createTopic(
  database: PostgresDatabase,
  name: string,
  partitions: number,
): Promise<number> {
  const { schema } = database
  const [made] = await database.write<{ partitions: number }>(
    `WITH made AS (
       INSERT INTO ${schema}.eventwright_topics (name, partitions) VALUES ($1, $2)
       ON CONFLICT (name) DO NOTHING RETURNING id, partitions
     ), parts AS (
       SELECT id, number FROM made, generate_series(0, $2::integer - 1) AS number
     ), ends AS (
       INSERT INTO ${schema}.eventwright_partitions SELECT id, number, 0 FROM parts
     ), starts AS (
       INSERT INTO ${schema}.eventwright_starts SELECT id, number, 0 FROM parts
     )
     SELECT partitions FROM made`,
    [name, partitions],
  )
  // One that somebody else made at the same time is seen by a statement that comes after.
  return made?.partitions ?? (await topicNamed(database, name))?.partitions ?? 0
}

export async function topicNamed(database: PostgresDatabase, name: string): Promise<Topic | undefined> {
  const { schema } = database
  const [found] = await database.rows<Topic>(
    `SELECT id, name, partitions FROM ${schema}.eventwright_topics WHERE name = $1`,
    [name],
  )
  return found
}

export function allTopics(
  database: PostgresDatabase,
): Promise<readonly { readonly topic: string; readonly partitions: number }[]> {
  return database.rows(
    `SELECT name AS topic, partitions FROM ${database.schema}.eventwright_topics ORDER BY name`,
  )
}

export function endsOf(
  session: Pick<PostgresSession, 'rows'>,
  schema: string,
  topics: readonly string[],
): Promise<readonly PartitionEnds[]> {
  return session.rows<PartitionEnds>(
    `SELECT t.name AS topic, p.partition, s.earliest, p.next
     FROM ${schema}.eventwright_topics t
     JOIN ${schema}.eventwright_partitions p ON p.topic = t.id
     JOIN ${schema}.eventwright_starts s ON s.topic = t.id AND s.partition = p.partition
     WHERE t.name = ANY($1) ORDER BY t.name, p.partition`,
    [topics],
  )
}
