import { offsetCommitV9 } from '@platformatic/kafka'
import type { TopicPartition } from '../../storage.ts'
import type { Connections } from '../connections.ts'
import { answered, type ErrorName, nameOfError } from '../protocol.ts'
import type { Committed } from './committed.ts'
import { type Coordinator, refusePassing } from './coordinator.ts'
import { markText } from './mark.ts'
import type { Membership, Standing } from './membership.ts'
import { keyOf } from './owned.ts'

const NO_EPOCH = -1

/** Writes how far a member has come, under what it is in its group then. */
export class Commits {
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  readonly #membership: Membership
  /** By partition, under what one was sent of which nothing was heard. */
  readonly #unheard = new Map<string, Standing>()
  readonly #underWay = new Set<readonly Committed[]>()

  constructor(coordinator: Coordinator, connections: Connections, membership: Membership) {
    this.#coordinator = coordinator
    this.#connections = connections
    this.#membership = membership
  }

  /** Writes these, for so many milliseconds. Gives what the coordinator says of each, in their order. */
  async write(commits: readonly Committed[], milliseconds: number): Promise<readonly ErrorName[]> {
    const { standing } = this.#membership
    // From nobody, the coordinator takes a commit where a group has no members.
    if (standing.memberId === '') return commits.map(() => 'UNKNOWN_MEMBER_ID')
    const { group } = this.#coordinator
    const { generation, memberId, instanceId } = standing
    const topics = requestOf(commits)
    const ask = async (connection: Parameters<typeof offsetCommitV9.api.async>[0]) => {
      const asked = offsetCommitV9.api.async(connection, group, generation, memberId, instanceId, topics)
      return saidOf((await answered(asked)).topics, commits)
    }
    const unheard = () => {
      for (const one of commits) this.#unheard.set(keyOf(one), standing)
    }
    this.#underWay.add(commits)
    try {
      return await this.#coordinator.call(this.#connections, milliseconds, ask, unheard)
    } finally {
      this.#underWay.delete(commits)
    }
  }

  /** True where one of this partition may arrive yet, and would be taken, however late. */
  mayArrive(source: TopicPartition): boolean {
    const key = keyOf(source)
    const standing = this.#unheard.get(key)
    if (standing !== undefined && this.#membership.isStill(standing)) return true
    return [...this.#underWay].some((commits) => commits.some((one) => keyOf(one) === key))
  }
}

function requestOf(commits: readonly Committed[]): offsetCommitV9.OffsetCommitRequestTopic[] {
  return [...Map.groupBy(commits, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitions: of.map((one) => ({
      partitionIndex: one.partition,
      committedOffset: BigInt(one.offset),
      committedLeaderEpoch: NO_EPOCH,
      committedMetadata: markText(one),
    })),
  }))
}

function saidOf(
  topics: readonly offsetCommitV9.OffsetCommitResponseTopic[],
  commits: readonly Committed[],
): readonly ErrorName[] {
  const said = new Map<string, ErrorName>()
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      refusePassing(errorCode)
      said.set(keyOf({ topic: name, partition: partitionIndex }), nameOfError(errorCode))
    }
  }
  return commits.map((one) => said.get(keyOf(one)) ?? 'no answer')
}
