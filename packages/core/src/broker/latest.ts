import type { ReceivedMessage } from './broker.ts'
import { UnknownTopic } from './errors.ts'
import type { BrokerStorage } from './storage.ts'

/** The last messages of each partition. One that is pruned meanwhile is missing. @throws UnknownTopic */
export async function latestOf(
  storage: BrokerStorage,
  topic: string,
  limit: number,
): Promise<readonly ReceivedMessage[]> {
  const ends = await storage.ends([topic])
  if (ends.length === 0) throw new UnknownTopic(topic, storage.url)
  const partitions = ends.map(async ({ partition, earliest, next }) => {
    const found: ReceivedMessage[] = []
    // A read may give less than it was asked for.
    for (let from = Math.max(earliest, next - limit); from < next; ) {
      const more = await storage.read({ topic, partition }, from, next - from)
      found.push(...more)
      from = (more.at(-1)?.offset ?? next) + 1
    }
    return found
  })
  return (await Promise.all(partitions)).flat()
}
