import { type Connection, compressionsAlgorithms, produceV10, Writer } from '@platformatic/kafka'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import type { KafkaCompression } from '../options.ts'
import { answered, type ErrorName, nameOfError } from '../protocol.ts'
import { batchBytes, type Compression } from './batch-bytes.ts'
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
  const connection = await connections.to(cluster.node(node))
  const answer = await answered(produce(connection, requestOf(queues, identity, compression, requestTimeout)))
  const said = new Map<string, ErrorName>()
  for (const { name, partitionResponses } of answer.responses)
    for (const { index, errorCode } of partitionResponses)
      said.set(`${name}:${index}`, nameOfError(errorCode))
  return new Map(queues.map((queue) => [queue, said.get(`${queue.topic}:${queue.partition}`) ?? 'no answer']))
}

function requestOf(
  queues: readonly PartitionQueue[],
  identity: Identity,
  compression: KafkaCompression,
  requestTimeout: number,
): Writer {
  const options = { ...identity, timestamp: Date.now(), ...algorithmOf(compression) }
  const byTopic = [...Map.groupBy(queues, ({ topic }) => topic)]
  return Writer.create()
    .appendString(null)
    .appendInt16(ALL_IN_SYNC)
    .appendInt32(requestTimeout)
    .appendArray(byTopic, (topics, [topic, of]) => {
      topics.appendString(topic).appendArray(of, (partitions, { partition, batch, batchSize, sequence }) => {
        const records = batch.map(({ record }) => record)
        const bytes = batchBytes(records, batchSize, { ...options, sequence })
        partitions
          .appendInt32(partition)
          .appendUnsignedVarInt(bytes.length + 1)
          .append(bytes)
      })
    })
    .appendTaggedFields()
}

function algorithmOf(compression: KafkaCompression): { readonly compression?: Compression } {
  return compression === 'none' ? {} : { compression: compressionsAlgorithms[compression] }
}

function produce(connection: Connection, request: Writer): Promise<produceV10.ProduceResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<produceV10.ProduceResponse>()
  const { key, version } = produceV10.api
  connection.send(
    key,
    version,
    () => request,
    produceV10.parseResponse,
    true,
    true,
    (error, answer) => {
      if (error || !answer) reject(error ?? new Error('no answer'))
      else resolve(answer)
    },
  )
  return promise
}
