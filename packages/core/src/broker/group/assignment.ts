import type { GroupMember, GroupPartition } from '../storage.ts'

/** The key of a partition in maps. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`
}

type Share = { readonly id: string; readonly topics: ReadonlySet<string>; readonly held: GroupPartition[] }

/**
 * Says who should own each partition: only members that subscribe to its topic, counts that differ by no
 * more than one where subscriptions are alike, and as few moves from the present owners as that takes.
 * All members come to the same answer, since it depends on nothing but the group's state.
 */
export function assign(
  members: readonly GroupMember[],
  partitions: readonly GroupPartition[],
): ReadonlyMap<string, string> {
  const shares = members
    .map(({ id, topics }): Share => ({ id, topics: new Set(topics), held: [] }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const free: GroupPartition[] = []
  for (const partition of [...partitions].sort(byTopicAndNumber)) {
    const owner = shares.find(({ id, topics }) => id === partition.owner && topics.has(partition.topic))
    if (owner) owner.held.push(partition)
    else free.push(partition)
  }
  for (const partition of free) smallest(shares, partition.topic)?.held.push(partition)
  while (moveOne(shares)) {}
  return new Map(
    shares.flatMap(({ id, held }) =>
      held.map(({ topic, partition }) => [partitionKey(topic, partition), id]),
    ),
  )
}

function moveOne(shares: readonly Share[]): boolean {
  for (const from of [...shares].sort((a, b) => b.held.length - a.held.length)) {
    let best: { partition: GroupPartition; to: Share; excess: number } | undefined
    for (const partition of from.held) {
      const to = smallest(shares, partition.topic)
      if (!to || from.held.length - to.held.length < 2) continue
      const excess = countOf(from, partition.topic) - countOf(to, partition.topic)
      if (!best || excess > best.excess) best = { partition, to, excess }
    }
    if (!best) continue
    from.held.splice(from.held.indexOf(best.partition), 1)
    best.to.held.push(best.partition)
    return true
  }
  return false
}

function smallest(shares: readonly Share[], topic: string): Share | undefined {
  let found: Share | undefined
  for (const share of shares) {
    if (share.topics.has(topic) && (!found || share.held.length < found.held.length)) found = share
  }
  return found
}

function countOf(share: Share, topic: string): number {
  return share.held.filter((partition) => partition.topic === topic).length
}

function byTopicAndNumber(a: GroupPartition, b: GroupPartition): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1
  return a.partition - b.partition
}
