import { offsetFetchV9 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Connections } from '../connections.ts'
import { answered, refuse } from '../protocol.ts'
import type { Coordinator } from './coordinator.ts'
import { type Mark, markIn } from './mark.ts'

/** How far a group has come in a partition, and who came so far. */
export interface Committed extends TopicPartition, Mark {
  readonly offset: number
}

const NOTHING = -1
const NO_EPOCH = -1

/** What the group has committed, in all its partitions or in these. Those without a commit are left out. */
export async function committedOf(
  coordinator: Coordinator,
  connections: Connections,
  milliseconds: number,
  partitions?: readonly TopicPartition[],
): Promise<readonly Committed[]> {
  const topics = partitions
    ? [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => ({
        name,
        partitionIndexes: of.map(({ partition }) => partition),
      }))
    : null
  const asked = { groupId: coordinator.group, memberId: null, memberEpoch: NO_EPOCH, topics }
  return coordinator.call(connections, milliseconds, async (connection) => {
    const { groups } = await answered(offsetFetchV9.api.async(connection, [asked], true))
    const [group] = groups
    refuse('what the group has committed cannot be read', group?.errorCode ?? 0)
    return (group?.topics ?? []).flatMap(({ name, partitions: told }) =>
      told.flatMap(({ partitionIndex, committedOffset, metadata, errorCode }) => {
        refuse('what the group has committed cannot be read', errorCode)
        const offset = Number(committedOffset)
        return offset === NOTHING
          ? []
          : [{ topic: name, partition: partitionIndex, offset, ...markIn(metadata) }]
      }),
    )
  })
}
