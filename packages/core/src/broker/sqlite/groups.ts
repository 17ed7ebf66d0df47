import type { SqliteConnection } from '../../store/sqlite/index.ts'
import { groupState, topicsOf } from '../group/state.ts'
import type {
  GroupChange,
  GroupMember,
  GroupPartition,
  GroupProgress,
  GroupState,
  OffsetCommit,
} from '../storage.ts'
import { endsOf, nextPulse, topicNamed } from './messages.ts'

export function generationOf(connection: SqliteConnection, group: string): number {
  return (
    connection.get<{ generation: number }>('SELECT generation FROM eventwright_groups WHERE name = ?', group)
      ?.generation ?? 0
  )
}

export function progressOf(connection: SqliteConnection, group: string): readonly GroupProgress[] {
  return connection.all<GroupProgress>(
    `SELECT t.name AS topic, o.partition, o.committed FROM eventwright_offsets o
     JOIN eventwright_topics t ON t.id = o.topic WHERE o.consumers = ?`,
    group,
  )
}

/** False when the member is gone or another one's session has run out. */
export function beat(
  connection: SqliteConnection,
  group: string,
  member: string,
  milliseconds: number,
): boolean {
  const now = Date.now()
  const late = connection.get(
    'SELECT 1 FROM eventwright_members WHERE consumers = ? AND id <> ? AND expires <= ? LIMIT 1',
    group,
    member,
    now,
  )
  if (late) return false
  const beaten = connection.run(
    'UPDATE eventwright_members SET expires = ? WHERE consumers = ? AND id = ?',
    now + milliseconds,
    group,
    member,
  )
  return beaten > 0
}

/** Loads, asks, writes; call it under the write lock. Gives the generation afterwards. */
export function updateGroup(
  connection: SqliteConnection,
  group: string,
  topics: readonly string[],
  change: (state: GroupState) => GroupChange,
): number {
  const { members, gone, partitions, rebalance } = change(stateOf(connection, group, topics))
  for (const id of gone) {
    connection.run('DELETE FROM eventwright_members WHERE consumers = ? AND id = ?', group, id)
  }
  for (const member of members) writeMember(connection, group, member)
  for (const partition of partitions) writePartition(connection, group, partition)
  if (!rebalance) return generationOf(connection, group)
  const generation = nextPulse(connection)
  connection.run(
    `INSERT INTO eventwright_groups VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET generation = excluded.generation`,
    group,
    generation,
  )
  return generation
}

function stateOf(connection: SqliteConnection, group: string, topics: readonly string[]): GroupState {
  const members = connection
    .all<{ id: string; topics: string; expires: number }>(
      'SELECT id, topics, expires FROM eventwright_members WHERE consumers = ? ORDER BY id',
      group,
    )
    .map((row): GroupMember => ({ ...row, topics: JSON.parse(row.topics) }))
  const known = connection.all<GroupPartition>(
    `SELECT t.name AS topic, o.partition, o.owner, o.token, o.committed FROM eventwright_offsets o
     JOIN eventwright_topics t ON t.id = o.topic WHERE o.consumers = ?`,
    group,
  )
  return groupState({ now: Date.now(), members, known }, endsOf(connection, topicsOf(members, topics)))
}

function writeMember(connection: SqliteConnection, group: string, member: GroupMember): void {
  connection.run(
    `INSERT INTO eventwright_members VALUES (?, ?, ?, ?)
     ON CONFLICT (consumers, id) DO UPDATE SET topics = excluded.topics, expires = excluded.expires`,
    group,
    member.id,
    JSON.stringify(member.topics),
    member.expires,
  )
}

function writePartition(connection: SqliteConnection, group: string, partition: GroupPartition): void {
  connection.run(
    `INSERT INTO eventwright_offsets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (consumers, topic, partition)
     DO UPDATE SET owner = excluded.owner, token = excluded.token, committed = excluded.committed`,
    group,
    topicNamed(connection, partition.topic)?.id ?? 0,
    partition.partition,
    partition.owner,
    partition.token,
    partition.committed,
  )
}

/** Gives the commits that were refused: this member no longer owns the partition under this token. */
export function commitOffsets(
  connection: SqliteConnection,
  group: string,
  member: string,
  offsets: readonly OffsetCommit[],
): readonly OffsetCommit[] {
  return offsets.filter(({ topic, partition, token, offset }) => {
    const written = connection.run(
      `UPDATE eventwright_offsets SET committed = max(committed, ?)
       WHERE consumers = ? AND topic = ? AND partition = ? AND owner = ? AND token = ?`,
      offset,
      group,
      topicNamed(connection, topic)?.id ?? 0,
      partition,
      member,
      token,
    )
    return written === 0
  })
}
