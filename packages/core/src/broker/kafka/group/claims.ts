import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import type { Connections } from '../connections.ts'
import { type Committed, committedOf } from './committed.ts'
import type { Coordinator } from './coordinator.ts'
import { keyOf } from './owned.ts'

/** A partition as it becomes a member's own. */
export interface Claim extends Committed {
  readonly topicId: string
}

/** From here on all of a partition is read, also where its first messages were removed long ago. */
const BEGINNING = 0

/** Says where a partition that becomes a member's own begins, and under which token: one above all that there were. */
export class Claims {
  readonly #cluster: Cluster
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  /** The group may be made anew, and forget: this member does not, and its store does not. */
  readonly #highest = new Map<string, number>()
  readonly #afresh = new Set<string>()

  constructor(cluster: Cluster, coordinator: Coordinator, connections: Connections) {
    this.#cluster = cluster
    this.#coordinator = coordinator
    this.#connections = connections
  }

  /** The next claim's token is above this one. */
  above(key: string, token: number): void {
    this.#highest.set(key, Math.max(this.#highest.get(key) ?? 0, token))
  }

  /** The partition is another one now: it is read from its beginning. */
  beginAfresh(key: string): void {
    this.#afresh.add(key)
  }

  /** It stands as it was claimed. */
  made(claim: Committed): void {
    this.above(keyOf(claim), claim.token)
    this.#afresh.delete(keyOf(claim))
  }

  /** Those whose topic is not there are left out. */
  async of(partitions: readonly TopicPartition[]): Promise<readonly Claim[]> {
    const { requestTimeout } = this.#cluster.settings
    const found = await committedOf(this.#coordinator, this.#connections, requestTimeout, partitions)
    const before = new Map(found.map((one) => [keyOf(one), one]))
    await this.#lookAtTopics(partitions, before)
    return partitions.flatMap(({ topic, partition }) => {
      const key = keyOf({ topic, partition })
      const topicId = this.#cluster.known(topic)?.id
      if (topicId === undefined) return []
      const last = before.get(key)
      const token = Math.max(last?.token ?? 0, this.#highest.get(key) ?? 0) + 1
      const goesOn = last !== undefined && (last.topicId ?? topicId) === topicId && !this.#afresh.has(key)
      return [{ topic, partition, topicId, token, offset: goesOn ? last.offset : BEGINNING }]
    })
  }

  /** Looks once more at topics that are not known, or known as others than the group has read. */
  async #lookAtTopics(
    partitions: readonly TopicPartition[],
    before: ReadonlyMap<string, Committed>,
  ): Promise<void> {
    const doubtful = partitions.filter((source) => {
      const id = this.#cluster.known(source.topic)?.id
      return id === undefined || (before.get(keyOf(source))?.topicId ?? id) !== id
    })
    const topics = [...new Set(doubtful.map(({ topic }) => topic))]
    if (topics.length > 0) await this.#cluster.refresh(topics)
  }
}
