import { FetchIsolationLevels, fetchV16 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError, refuse } from '../protocol.ts'
import { type Fetched, messagesOf } from './records.ts'

/** Of one partition, so that one with large messages leaves room for the others; of all of an answer. */
const PARTITION_BYTES = 1_000_000
const ANSWER_BYTES = 10_000_000
const NO_SESSION = 0
const OUTSIDE_SESSIONS = -1

/** Of a topic that was made once: under its name there may be another by now. */
export interface PartitionOfTopic extends TopicPartition {
  readonly topicId: string
}

export interface FetchFrom extends PartitionOfTopic {
  readonly offset: number
}

export interface FetchedFrom<From extends FetchFrom> extends Fetched {
  readonly from: From
  readonly error: ErrorName
}

/** What these partitions, all led by one node, hold from their offsets on. Waits for something to come. */
export async function fetchFrom<From extends FetchFrom>(
  cluster: Cluster,
  connections: Connections,
  node: number,
  sources: readonly From[],
  wait: number,
): Promise<readonly FetchedFrom<From>[]> {
  const topics = [...Map.groupBy(sources, ({ topicId }) => topicId)].map(([topicId, of]) => ({
    topicId,
    partitions: of.map(({ partition, offset }) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: -1,
      partitionMaxBytes: PARTITION_BYTES,
    })),
  }))
  const connection = await connections.to(cluster.node(node))
  const asked = fetchV16.api.async(
    connection,
    wait,
    1,
    ANSWER_BYTES,
    FetchIsolationLevels.READ_COMMITTED,
    NO_SESSION,
    OUTSIDE_SESSIONS,
    topics,
    [],
    '',
  )
  const answer = await answered(asked)
  refuse('messages cannot be fetched', answer.errorCode)
  const found = new Map<string, fetchV16.FetchResponsePartition>()
  for (const { topicId, partitions } of answer.responses) {
    for (const partition of partitions) found.set(`${topicId}/${partition.partitionIndex}`, partition)
  }
  return sources.map((from) => {
    const told = found.get(`${from.topicId}/${from.partition}`)
    const error = told ? nameOfError(told.errorCode) : 'NONE'
    const nothing = { messages: [], next: from.offset }
    const source = { topic: cluster.shown(from.topic), partition: from.partition }
    return {
      from,
      error,
      ...(told && error === 'NONE' ? messagesOf(source, from.offset, told) : nothing),
    }
  })
}
