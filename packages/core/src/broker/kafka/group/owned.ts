import { partitionKey } from '../../group/assignment.ts'
import type { PartitionReader } from '../../reader/partition-reader.ts'
import type { TopicPartition } from '../../storage.ts'
import type { Feed } from '../reading/feed.ts'
import type { Fetcher } from '../reading/fetcher.ts'

/** A partition that a member owns: who reads it, and where its messages come from. */
export interface OwnedPartition {
  readonly key: string
  readonly source: TopicPartition
  readonly topicId: string
  readonly reader: PartitionReader
  readonly feed: Feed
  /** The offset that the group has committed. */
  written: number
}

/** What a member owns, also what it is draining. */
export class OwnedPartitions {
  readonly #fetcher: Fetcher
  readonly #all = new Map<string, OwnedPartition>()
  #claimed: readonly TopicPartition[] = []

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher
  }

  get all(): readonly OwnedPartition[] {
    return [...this.#all.values()]
  }

  /** What the group is told that it owns. */
  get sources(): readonly TopicPartition[] {
    const claimed = this.#claimed.filter((source) => !this.has(keyOf(source)))
    return [...this.all.map(({ source }) => source), ...claimed]
  }

  /** These are its own from now on: it may be reading them before the group hears of it. Ends what was claimed before. */
  claim(sources: readonly TopicPartition[]): void {
    this.#claimed = sources
  }

  /** Messages that are acknowledged above one that is not. */
  get acknowledgedAhead(): number {
    return this.all.reduce((sum, { reader }) => sum + reader.acknowledgedAhead, 0)
  }

  get(key: string): OwnedPartition | undefined {
    return this.#all.get(key)
  }

  has(key: string): boolean {
    return this.#all.has(key)
  }

  /** True while this one has not been dropped. */
  holds(owned: OwnedPartition): boolean {
    return this.#all.get(owned.key) === owned
  }

  add(owned: OwnedPartition): void {
    this.#all.set(owned.key, owned)
  }

  /** From here on its acknowledgements count for nothing. */
  drop(key: string): void {
    const owned = this.#all.get(key)
    if (!owned) return
    this.#all.delete(key)
    this.#fetcher.end(owned.feed)
    owned.reader.close()
  }

  dropAll(): void {
    for (const key of this.#all.keys()) this.drop(key)
  }
}

export function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition)
}
