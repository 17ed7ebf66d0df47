import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Joined } from './assignor.ts'

const VERSION = 3

interface OfTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** What a member tells the one that leads when it joins: `generation` is the one in which it owned these. */
export function subscriptionOf(
  topics: readonly string[],
  owned: readonly TopicPartition[],
  generation: number,
): Buffer {
  return encodeConsumerProtocolSubscription({
    version: VERSION,
    topics: [...topics],
    ownedPartitions: byTopic(owned),
    generationId: generation,
  })
}

export function joinedIn(id: string, subscription: Buffer): Joined {
  const { topics, ownedPartitions, generationId } = decodeConsumerProtocolSubscription(subscription)
  return { id, topics, owned: ownedPartitions.flatMap(singly), generation: generationId }
}

/** What the one that leads tells a member: it is to own these. */
export function assignmentOf(share: readonly TopicPartition[]): Buffer {
  return encodeConsumerProtocolAssignment({ version: VERSION, assignedPartitions: byTopic(share) })
}

export function assignedIn(assignment: Buffer): readonly TopicPartition[] {
  return decodeConsumerProtocolAssignment(assignment).assignedPartitions.flatMap(singly)
}

function singly({ topic, partitions }: OfTopic): readonly TopicPartition[] {
  return partitions.map((partition) => ({ topic, partition }))
}

function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => ({
    topic,
    partitions: of.map(({ partition }) => partition),
  }))
}
