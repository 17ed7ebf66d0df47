import type { Message, ReceivedMessage } from './broker.ts'
import type { Placement } from './placement.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Where a partition's messages begin and end: `[earliest, next)`. */
export interface PartitionEnds extends TopicPartition {
  readonly earliest: number
  /** The offset that the next message will have. */
  readonly next: number
}

/** How far a group has come in a partition. */
export interface GroupProgress extends TopicPartition {
  /** The lowest offset that is not acknowledged. */
  readonly committed: number
}

export interface GroupMember {
  readonly id: string
  readonly topics: readonly string[]
  /** On the storage's clock: from then on others may take its partitions. */
  readonly expires: number
}

export interface GroupPartition extends TopicPartition {
  readonly owner: string | null
  /** Of the last owner; the next one gets a higher one. */
  readonly token: number
  readonly committed: number
}

/** A group as it stands: all its members, and all partitions of all their topics. */
export interface GroupState {
  /** Milliseconds, on the storage's own clock. */
  readonly now: number
  readonly members: readonly GroupMember[]
  readonly partitions: readonly GroupPartition[]
}

export interface GroupChange {
  /** Members to write. */
  readonly members: readonly GroupMember[]
  /** Ids of members to remove. */
  readonly gone: readonly string[]
  /** Partitions to write. */
  readonly partitions: readonly GroupPartition[]
  /** True when others should look: members or owners changed. Counts the group's generation up. */
  readonly rebalance: boolean
}

export interface OffsetCommit extends TopicPartition {
  readonly token: number
  /** The lowest offset that is not acknowledged. */
  readonly offset: number
  /** A token that the consumer's store knows: the next owner's must be above it. */
  readonly highest?: number
}

/** Where a partition's messages end by now, at least. */
export type PartitionEnd = Omit<PartitionEnds, 'earliest'>

/** What happened in the storage; a part left out means "any of them". */
export interface StorageChange {
  readonly topics?: readonly string[]
  /** Messages were published, and nothing else happened. */
  readonly ends?: readonly PartitionEnd[]
  readonly group?: string
}

/**
 * What an engine gives, and all that it gives: statements. Who reads what, in which order, and what is
 * committed when, is the same on all of them. Each call is atomic and durable when it resolves.
 */
export interface BrokerStorage {
  readonly url: string
  /** Throws where a call would break a promise (a unit of work on the same file is open). */
  assertUsable?(operation: string): void
  /** Makes the topic if it is not there. Gives the number of partitions that it has now. */
  createTopic(topic: string, partitions: number): Promise<number>
  topics(): Promise<readonly { readonly topic: string; readonly partitions: number }[]>
  /** Appends all messages or none, in order; offsets are given under the lock, without gaps. False: no such topic. */
  append(topic: string, messages: readonly Message[], place: Placement): Promise<boolean>
  /** From this offset on, ascending, at most `limit`, and not many megabytes at once, but one message at least. */
  read(source: TopicPartition, from: number, limit: number): Promise<readonly ReceivedMessage[]>
  /** Partitions of these topics. */
  ends(topics: readonly string[]): Promise<readonly PartitionEnds[]>
  /** All partitions that the group has ever owned. */
  progress(group: string): Promise<readonly GroupProgress[]>
  /** Higher after each change of the group's members or owners. */
  generation(group: string): Promise<number>
  /** Prolongs a member's session. False when it must take a turn: it is gone, or another's session has run out. */
  beat(group: string, member: string, milliseconds: number): Promise<boolean>
  /** Loads the group with these topics besides its members', asks what changes, and writes that, under one lock. Gives the generation afterwards. */
  updateGroup(
    group: string,
    topics: readonly string[],
    change: (state: GroupState) => GroupChange,
  ): Promise<number>
  /** Writes the offsets whose token is still the partition's and whose owner is this member. Gives those that were refused. */
  commit(group: string, member: string, offsets: readonly OffsetCommit[]): Promise<readonly OffsetCommit[]>
  /** Removes at most `limit` messages published before this time that every group has committed. Gives their number. */
  prune(before: number, limit: number): Promise<number>
  /** Calls back soon after each change, also of other processes. Returns what ends it. */
  onChange(listener: (change: StorageChange) => void): () => void
  /** Finishes what was asked, then closes. */
  close(): Promise<void>
}
