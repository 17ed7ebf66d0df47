import { type MessageRecord, NumericMap, produceV10 } from '@platformatic/kafka'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError } from '../protocol.ts'
import type { Identity, PartitionQueue } from './partition-queue.ts'

const ALL_IN_SYNC = -1

/** Sends the batches of these queues, all led by one node and under one identity. Gives what Kafka says of each. */
export async function send(
  cluster: Cluster,
  connections: Connections,
  node: number,
  identity: Identity,
  queues: readonly PartitionQueue[],
): Promise<ReadonlyMap<PartitionQueue, ErrorName>> {
  const { compression, requestTimeout } = cluster.settings
  const sequences = new NumericMap()
  const records: MessageRecord[] = []
  for (const { topic, partition, batch, sequence } of queues) {
    sequences.set(`${topic}:${partition}`, sequence)
    for (const { record } of batch) records.push({ ...record, topic, partition })
  }
  const connection = await connections.to(cluster.node(node))
  const options = { compression, ...identity, sequences }
  const answer = await answered(
    produceV10.api.async(connection, ALL_IN_SYNC, requestTimeout, records, options),
  )
  const said = new Map<string, ErrorName>()
  if (typeof answer === 'boolean') return new Map()
  for (const { name, partitionResponses } of answer.responses)
    for (const { index, errorCode } of partitionResponses)
      said.set(`${name}:${index}`, nameOfError(errorCode))
  return new Map(queues.map((queue) => [queue, said.get(`${queue.topic}:${queue.partition}`) ?? 'no answer']))
}
