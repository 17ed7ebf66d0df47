import type { GroupMember, GroupPartition, GroupState, PartitionEnds } from '../storage.ts'
import { partitionKey } from './assignment.ts'

/** A group as it is stored: all topics of its members, and of those that are asked for besides. */
export interface StoredGroup {
  readonly now: number
  readonly members: readonly GroupMember[]
  /** Partitions that have ever had an owner. */
  readonly known: readonly GroupPartition[]
}

/** The topics whose partitions belong to the group's state. */
export function topicsOf(members: readonly GroupMember[], besides: readonly string[]): readonly string[] {
  return [...new Set([...besides, ...members.flatMap(({ topics }) => topics)])]
}

/** A partition that never had an owner begins at the earliest message. */
export function groupState(
  { now, members, known }: StoredGroup,
  ends: readonly Omit<PartitionEnds, 'next'>[],
): GroupState {
  const found = new Map(known.map((row) => [partitionKey(row.topic, row.partition), row]))
  const partitions = ends.map(
    ({ topic, partition, earliest }): GroupPartition =>
      found.get(partitionKey(topic, partition)) ?? {
        topic,
        partition,
        owner: null,
        token: 0,
        committed: earliest,
      },
  )
  return { now, members, partitions }
}
