import { Admin, type ListedOffsetsTopic } from '@platformatic/kafka'
import type { Place } from '../truth/index.ts'
import { READERS } from './kafka-messages.ts'

const LATEST = -1n

/** A topic with the next offset of each of its partitions. */
export interface TopicEnds {
  readonly topic: string
  readonly next: readonly number[]
}

/** All topics but those of Kafka itself. */
export async function kafkaTopics(bootstrap: string): Promise<readonly TopicEnds[]> {
  return asked(bootstrap, async (admin) => {
    const names = (await admin.listTopics()).filter((name) => !name.startsWith('__'))
    const { topics } = await admin.metadata({ topics: names })
    const wanted = [...topics].map(([name, { partitions }]) => ({
      name,
      partitions: Object.keys(partitions).map((partition) => ({
        partitionIndex: Number(partition),
        timestamp: LATEST,
      })),
    }))
    return (await admin.listOffsets({ topics: wanted })).map(endsOf)
  })
}

function endsOf({ name, partitions }: ListedOffsetsTopic): TopicEnds {
  const next = [...partitions].sort((a, b) => a.partitionIndex - b.partitionIndex)
  return { topic: name, next: next.map(({ offset }) => Number(offset)) }
}

/** How far each group has come in all partitions of the topics that it reads. */
export async function kafkaPlaces(
  bootstrap: string,
  topics: readonly TopicEnds[],
): Promise<readonly Place[]> {
  return asked(bootstrap, async (admin) => {
    const groups = [...(await admin.listGroups()).keys()].filter((group) => group !== READERS)
    const committed = groups.length === 0 ? [] : await admin.listConsumerGroupOffsets({ groups })
    return committed.flatMap(({ groupId, topics: read }) =>
      read.flatMap(({ name, partitions }) => {
        const offsets = new Map(partitions.map((one) => [one.partitionIndex, Number(one.committedOffset)]))
        const { next } = topics.find(({ topic }) => topic === name) ?? { next: [] }
        return next.map((end, partition) => ({
          group: groupId,
          topic: name,
          partition,
          committed: Math.max(0, offsets.get(partition) ?? 0),
          next: end,
        }))
      }),
    )
  })
}

async function asked<Answer>(
  bootstrap: string,
  question: (admin: Admin) => Promise<Answer>,
): Promise<Answer> {
  const admin = new Admin({ clientId: 'chaos', bootstrapBrokers: [bootstrap] })
  try {
    return await question(admin)
  } finally {
    await admin.close()
  }
}
