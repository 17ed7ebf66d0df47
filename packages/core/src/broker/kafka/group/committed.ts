import { offsetCommitV9, offsetFetchV9 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError, refuse } from '../protocol.ts'
import { type Coordinator, refusePassing } from './coordinator.ts'

/** How far a group has come in a partition, and the token of who came so far. */
export interface Committed extends TopicPartition {
  readonly offset: number
  readonly token: number
}

/** Under what a member commits: the coordinator takes nothing from one that is not in the group any more. */
export interface Standing {
  readonly memberId: string
  /** The generation, or the member's epoch. */
  readonly generation: number
  readonly instanceId: string | null
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
          : [{ topic: name, partition: partitionIndex, offset, token: tokenIn(metadata) }]
      }),
    )
  })
}

/** Writes these. Gives what the coordinator says of each, in their order. */
export async function commit(
  coordinator: Coordinator,
  connections: Connections,
  milliseconds: number,
  standing: Standing,
  commits: readonly Committed[],
): Promise<readonly ErrorName[]> {
  const topics = [...Map.groupBy(commits, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitions: of.map(({ partition, offset, token }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: NO_EPOCH,
      committedMetadata: `token=${token}`,
    })),
  }))
  const { generation, memberId, instanceId } = standing
  return coordinator.call(connections, milliseconds, async (connection) => {
    const asked = offsetCommitV9.api.async(
      connection,
      coordinator.group,
      generation,
      memberId,
      instanceId,
      topics,
    )
    const said = new Map<string, ErrorName>()
    for (const { name, partitions } of (await answered(asked)).topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        refusePassing(errorCode)
        said.set(`${name}/${partitionIndex}`, nameOfError(errorCode))
      }
    }
    return commits.map(({ topic, partition }) => said.get(`${topic}/${partition}`) ?? 'no answer')
  })
}

/** Kept beside the offset. Who else commits in this group leaves none. */
function tokenIn(metadata: string | null | undefined): number {
  return Number(/^token=(\d{1,15})$/.exec(metadata ?? '')?.[1] ?? 0)
}
