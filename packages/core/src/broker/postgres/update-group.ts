import type { PostgresDatabase, PostgresSession } from '../../store/postgres/index.ts'
import { groupState, topicsOf } from '../group/state.ts'
import type { GroupChange, GroupMember, GroupPartition, GroupState } from '../storage.ts'
import { NOW } from './sql.ts'
import { endsOf } from './topics.ts'

/** Loads, asks, writes, all under the group's lock. Gives the generation afterwards. */
export async function updateGroup(
  database: PostgresDatabase,
  group: string,
  topics: readonly string[],
  change: (state: GroupState) => GroupChange,
): Promise<number> {
  const { schema } = database
  return database.transaction(async (session) => {
    const generation = await lock(session, schema, group)
    const { members, gone, partitions, rebalance } = change(await stateOf(session, schema, group, topics))
    await removeMembers(session, schema, group, gone)
    await writeMembers(session, schema, group, members)
    await writePartitions(session, schema, group, partitions)
    return rebalance ? await countUp(session, schema, group) : generation
  })
}

async function lock(session: PostgresSession, schema: string, group: string): Promise<number> {
  const [row] = await session.rows<{ generation: number }>(
    `INSERT INTO ${schema}.eventwright_groups AS g (name, generation) VALUES ($1, 0)
     ON CONFLICT (name) DO UPDATE SET generation = g.generation
     RETURNING generation`,
    [group],
  )
  return row?.generation ?? 0
}

/** Offsets are locked too, in the order in which commits lock them: what is read of them holds until it is written. */
async function stateOf(
  session: PostgresSession,
  schema: string,
  group: string,
  topics: readonly string[],
): Promise<GroupState> {
  const rows = await session.rows<{ now: number; id: string | null; topics: string; expires: number }>(
    `SELECT ${NOW} AS now, m.id, m.topics, m.expires
     FROM (SELECT 1) AS one LEFT JOIN ${schema}.eventwright_members m ON m.consumers = $1 ORDER BY m.id`,
    [group],
  )
  const members = rows.flatMap(({ id, topics: heard, expires }): GroupMember[] =>
    id === null ? [] : [{ id, topics: JSON.parse(heard), expires }],
  )
  const known = await session.rows<GroupPartition>(
    `SELECT t.name AS topic, o.partition, o.owner, o.token, o.committed
     FROM ${schema}.eventwright_offsets o JOIN ${schema}.eventwright_topics t ON t.id = o.topic
     WHERE o.consumers = $1 ORDER BY o.topic, o.partition FOR UPDATE OF o`,
    [group],
  )
  const ends = await endsOf(session, schema, topicsOf(members, topics))
  return groupState({ now: rows[0]?.now ?? 0, members, known }, ends)
}

async function removeMembers(
  session: PostgresSession,
  schema: string,
  group: string,
  gone: readonly string[],
): Promise<void> {
  if (gone.length === 0) return
  const text = `DELETE FROM ${schema}.eventwright_members WHERE consumers = $1 AND id = ANY($2)`
  await session.rows(text, [group, gone])
}

async function writeMembers(
  session: PostgresSession,
  schema: string,
  group: string,
  members: readonly GroupMember[],
): Promise<void> {
  if (members.length === 0) return
  await session.rows(
    `INSERT INTO ${schema}.eventwright_members (consumers, id, topics, expires)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
     ON CONFLICT (consumers, id) DO UPDATE SET topics = excluded.topics, expires = excluded.expires`,
    [
      group,
      members.map(({ id }) => id),
      members.map(({ topics }) => JSON.stringify(topics)),
      members.map(({ expires }) => expires),
    ],
  )
}

async function writePartitions(
  session: PostgresSession,
  schema: string,
  group: string,
  partitions: readonly GroupPartition[],
): Promise<void> {
  if (partitions.length === 0) return
  await session.rows(
    `INSERT INTO ${schema}.eventwright_offsets (consumers, topic, partition, owner, token, committed)
     SELECT $1, t.id, given.partition, given.owner, given.token, given.committed
     FROM unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::bigint[])
       AS given (name, partition, owner, token, committed)
     JOIN ${schema}.eventwright_topics t ON t.name = given.name ORDER BY t.id, given.partition
     ON CONFLICT (consumers, topic, partition)
     DO UPDATE SET owner = excluded.owner, token = excluded.token, committed = excluded.committed`,
    [
      group,
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
      partitions.map(({ owner }) => owner),
      partitions.map(({ token }) => token),
      partitions.map(({ committed }) => committed),
    ],
  )
}

async function countUp(session: PostgresSession, schema: string, group: string): Promise<number> {
  const [row] = await session.rows<{ generation: number }>(
    `UPDATE ${schema}.eventwright_groups SET generation = generation + 1 WHERE name = $1
     RETURNING generation`,
    [group],
  )
  return row?.generation ?? 0
}
