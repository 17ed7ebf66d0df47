import type { GroupChange, GroupMember, GroupPartition, GroupState, OffsetCommit } from '../storage.ts'
import { assign, partitionKey } from './assignment.ts'

export interface TurnOf {
  readonly member: string
  readonly topics: readonly string[]
  readonly sessionTimeout: number
  /** Partitions that the member has drained, with what it has done there. */
  readonly drained: readonly OffsetCommit[]
}

export interface Turn {
  readonly change: GroupChange
  /** What the member owns now. */
  readonly owned: readonly GroupPartition[]
  /** Those of them that it must drain, because another member should have them. */
  readonly revoked: ReadonlySet<string>
}

/**
 * One turn of a member, at its heart-beat or when the group changed: it shows that it lives, gives back
 * what it has drained, removes members whose session ran out, and claims what should be its own and is
 * free. A partition changes hands only through "nobody", and each claim raises the token.
 */
export function takeTurn(state: GroupState, turn: TurnOf): Turn {
  const me: GroupMember = {
    id: turn.member,
    topics: turn.topics,
    expires: state.now + turn.sessionTimeout,
  }
  const others = state.members.filter(({ id }) => id !== me.id)
  const living = others.filter(({ expires }) => expires > state.now)
  const gone = others.filter(({ expires }) => expires <= state.now).map(({ id }) => id)
  const members = [...living, me]
  const before = new Map(state.partitions.map((partition) => [keyOf(partition), partition]))
  const freed = release(state.partitions, turn.member, turn.drained).map((partition) =>
    members.some(({ id }) => id === partition.owner) ? partition : { ...partition, owner: null },
  )
  const target = assign(members, freed)
  const partitions = freed.map((partition) => {
    const mine = partition.owner === null && target.get(keyOf(partition)) === me.id
    return mine ? { ...partition, owner: me.id, token: partition.token + 1 } : partition
  })
  const changed = partitions.filter((partition) => !same(partition, before.get(keyOf(partition))))
  const owned = partitions.filter(({ owner }) => owner === me.id)
  return {
    change: {
      members: [me],
      gone,
      partitions: changed,
      rebalance: gone.length > 0 || changed.length > 0 || !state.members.some(({ id }) => id === me.id),
    },
    owned,
    revoked: new Set(owned.map(keyOf).filter((key) => target.get(key) !== me.id)),
  }
}

/** A member's last turn: it gives everything back at once, with what it has done. */
export function leave(state: GroupState, member: string, drained: readonly OffsetCommit[]): GroupChange {
  const partitions = release(state.partitions, member, drained)
    .map((partition) => (partition.owner === member ? { ...partition, owner: null } : partition))
    .filter((partition, at) => !same(partition, state.partitions[at]))
  return { members: [], gone: [member], partitions, rebalance: true }
}

function release(
  partitions: readonly GroupPartition[],
  member: string,
  drained: readonly OffsetCommit[],
): readonly GroupPartition[] {
  const done = new Map(drained.map((commit) => [keyOf(commit), commit]))
  return partitions.map((partition) => {
    const commit = done.get(keyOf(partition))
    if (!commit || partition.owner !== member || partition.token !== commit.token) return partition
    const token = Math.max(partition.token, commit.highest ?? 0)
    return { ...partition, owner: null, token, committed: Math.max(partition.committed, commit.offset) }
  })
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return partitionKey(topic, partition)
}

function same(a: GroupPartition, b: GroupPartition | undefined): boolean {
  return a.owner === b?.owner && a.token === b.token && a.committed === b.committed
}
