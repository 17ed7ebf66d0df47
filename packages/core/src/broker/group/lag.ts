import type { BrokerStorage } from '../storage.ts'
import { partitionKey } from './assignment.ts'

/** Messages of these topics from the group's lowest unacknowledged ones on, as the storage has it. */
export async function groupLag(
  storage: BrokerStorage,
  group: string,
  topics?: readonly string[],
): Promise<number> {
  const progress = await storage.progress(group)
  const ends = await storage.ends(topics ?? [...new Set(progress.map(({ topic }) => topic))])
  const committed = new Map(
    progress.map(({ topic, partition, committed }) => [partitionKey(topic, partition), committed]),
  )
  let lag = 0
  for (const { topic, partition, earliest, next } of ends) {
    lag += next - Math.max(earliest, committed.get(partitionKey(topic, partition)) ?? earliest)
  }
  return lag
}
