import { listOffsetsV8 } from '@platformatic/kafka'
import type { PartitionEnds, TopicPartition } from '../storage.ts'
import type { Cluster } from './cluster.ts'
import { answered, nameOfError, Refused } from './protocol.ts'

const EARLIEST = -2n
const LATEST = -1n
const CONSUMER = -1
/** What a transaction has not committed is not counted as there. */
const READ_COMMITTED = 1
const ATTEMPTS = 50
const PAUSE = 100

/** Where these partitions begin and end. Leaders that just moved are looked for again. @throws BrokerUnreachable */
export async function endsOf(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<readonly PartitionEnds[]> {
  const [earliest, next] = await Promise.all([
    offsetsAt(cluster, partitions, EARLIEST),
    offsetsAt(cluster, partitions, LATEST),
  ])
  return partitions.map(({ topic, partition }, at) => ({
    topic,
    partition,
    earliest: earliest[at] ?? 0,
    next: next[at] ?? 0,
  }))
}

async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
): Promise<readonly number[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const found = await askLeaders(cluster, partitions, timestamp)
      return partitions.map((source) => found.get(keyOf(source)) ?? 0)
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
      await cluster.refresh([...new Set(partitions.map(({ topic }) => topic))])
    }
  }
}

async function askLeaders(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  const byLeader = Map.groupBy(partitions, ({ topic, partition }) => cluster.leaderOf(topic, partition))
  await Promise.all(
    [...byLeader].map(async ([leader, led]) => {
      if (leader === -1) throw new Refused('a partition cannot be read', 'LEADER_NOT_AVAILABLE')
      const connection = await cluster.connections.to(cluster.node(leader))
      const topics = [...Map.groupBy(led, ({ topic }) => topic)].map(([name, of]) => ({
        name,
        partitions: of.map(({ partition }) => ({
          partitionIndex: partition,
          currentLeaderEpoch: -1,
          timestamp,
        })),
      }))
      const answer = await answered(listOffsetsV8.api.async(connection, CONSUMER, READ_COMMITTED, topics))
      for (const { name, partitions: told } of answer.topics) {
        for (const { partitionIndex, errorCode, offset } of told) {
          if (errorCode !== 0) throw new Refused(`topic "${name}" cannot be read`, nameOfError(errorCode))
          found.set(keyOf({ topic: name, partition: partitionIndex }), Number(offset))
        }
      }
    }),
  )
  return found
}

const PASSING = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'OFFSET_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_TOPIC_OR_PARTITION',
])

function isPassing(error: unknown): boolean {
  return error instanceof Refused && PASSING.has(error.reason)
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
