import { Consumer, stringDeserializers } from '@platformatic/kafka'
import type { SentMessage } from '../truth/index.ts'
import type { TopicEnds } from './kafka-places.ts'

/** The group in which the run itself reads. */
export const READERS = 'chaos-reads'
const ID_HEADER = 'eventwright-id'

/** All messages of the topics, by topic, partition and offset. */
export async function kafkaMessages(
  bootstrap: string,
  topics: readonly TopicEnds[],
): Promise<readonly SentMessage[]> {
  let left = topics.reduce((sum, { next }) => sum + next.reduce((all, end) => all + end, 0), 0)
  if (left === 0) return []
  const consumer = new Consumer({
    groupId: READERS,
    clientId: 'chaos',
    bootstrapBrokers: [bootstrap],
    deserializers: stringDeserializers,
  })
  const messages: SentMessage[] = []
  const stream = await consumer.consume({
    topics: topics.map(({ topic }) => topic),
    mode: 'earliest',
    autocommit: false,
  })
  for await (const { topic, partition, offset, key, value, headers } of stream) {
    const id = headers.get(ID_HEADER) ?? ''
    messages.push({
      topic,
      partition,
      offset: Number(offset),
      id,
      key: key || null,
      value: JSON.parse(value),
    })
    left--
    if (left === 0) break
  }
  await stream.close()
  await consumer.close(true)
  return messages.sort(byPlace)
}

function byPlace(a: SentMessage, b: SentMessage): number {
  return a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset
}
