import { assign, partitionKey } from '../../group/assignment.ts'
import type { TopicPartition } from '../../storage.ts'

export interface Joined {
  readonly id: string
  readonly topics: readonly string[]
  /** What it says that it owns, also what it is draining. */
  readonly owned: readonly TopicPartition[]
  /** In which it last learned what it owns: the latest one is believed. */
  readonly generation: number
}

/**
 * Says what each member owns from now on: as few moves as that takes, and nothing that another member has not given
 * back. That one learns from this that it is to drain it, and joins again when it has (KIP-429, cooperative
 * rebalancing).
 */
export function assignAll(
  members: readonly Joined[],
  partitions: readonly TopicPartition[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const owners = ownersOf(members)
  const all = partitions.map(({ topic, partition }) => {
    const owner = owners.get(partitionKey(topic, partition)) ?? null
    return { topic, partition, owner, token: 0, committed: 0 }
  })
  const target = assign(
    members.map(({ id, topics }) => ({ id, topics, expires: 0 })),
    all,
  )
  const shares = new Map<string, TopicPartition[]>(members.map(({ id }) => [id, []]))
  for (const { topic, partition, owner } of all) {
    const wanted = target.get(partitionKey(topic, partition))
    if (wanted !== undefined && (owner === null || owner === wanted))
      shares.get(wanted)?.push({ topic, partition })
  }
  return shares
}

function ownersOf(members: readonly Joined[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  for (const { id, owned } of [...members].sort((a, b) => a.generation - b.generation))
    for (const { topic, partition } of owned) owners.set(partitionKey(topic, partition), id)
  return owners
}
