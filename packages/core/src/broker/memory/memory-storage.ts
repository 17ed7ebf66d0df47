import type { Message, ReceivedMessage } from '../broker.ts'
import { partitionKey } from '../group/assignment.ts'
import { groupState, topicsOf } from '../group/state.ts'
import type {
  BrokerStorage,
  GroupMember,
  GroupPartition,
  GroupState,
  PartitionEnds,
  StorageChange,
} from '../storage.ts'

interface Partition {
  earliest: number
  readonly messages: ReceivedMessage[]
}

interface Group {
  generation: number
  readonly members: Map<string, GroupMember>
  readonly partitions: Map<string, GroupPartition>
}

/** What a file is to SQLite: topics and groups, for all brokers that are opened on it. */
export interface MemoryTopics {
  readonly topics: Map<string, readonly Partition[]>
  readonly groups: Map<string, Group>
  readonly listeners: Set<(change: StorageChange) => void>
}

export function emptyMemory(): MemoryTopics {
  return { topics: new Map(), groups: new Map(), listeners: new Set() }
}

const READ_BYTES = 4_000_000

/** The statements of a broker on plain maps: each call does its work at once, so nothing comes between. */
export function memoryStorage(
  memory: MemoryTopics,
  assertUsable?: (operation: string) => void,
): BrokerStorage {
  const own = new Set<(change: StorageChange) => void>()

  function tell(change: StorageChange): void {
    for (const listener of memory.listeners) listener(change)
  }

  function group(name: string): Group {
    const found = memory.groups.get(name)
    if (found) return found
    const made: Group = { generation: 0, members: new Map(), partitions: new Map() }
    memory.groups.set(name, made)
    return made
  }

  return {
    url: 'memory:',
    ...(assertUsable ? { assertUsable } : {}),

    async createTopic(topic, partitions) {
      const found = memory.topics.get(topic)
      if (found) return found.length
      const made = Array.from({ length: partitions }, (): Partition => ({ earliest: 0, messages: [] }))
      memory.topics.set(topic, made)
      return partitions
    },

    async topics() {
      return [...memory.topics].map(([topic, { length }]) => ({ topic, partitions: length }))
    },

    async append(topic, messages, place) {
      const partitions = memory.topics.get(topic)
      if (!partitions) return false
      for (const message of messages) {
        const number = place(message.key, partitions.length)
        const partition = partitions[number]
        partition?.messages.push(received(message, topic, number, nextOf(partition)))
      }
      if (messages.length > 0) tell({ topics: [topic] })
      return true
    },

    async read({ topic, partition }, from, limit) {
      const source = memory.topics.get(topic)?.[partition]
      if (!source) return []
      const at = Math.max(0, from - source.earliest)
      return withinBytes(source.messages.slice(at, at + limit))
    },

    async ends(topics) {
      return topics.flatMap((topic) => endsOf(memory, topic))
    },

    async progress(name) {
      return [...(memory.groups.get(name)?.partitions.values() ?? [])]
    },

    async generation(name) {
      return memory.groups.get(name)?.generation ?? 0
    },

    async beat(name, member, milliseconds) {
      const { members } = group(name)
      const found = members.get(member)
      const now = Date.now()
      if (!found || [...members.values()].some(({ id, expires }) => id !== member && expires <= now))
        return false
      members.set(member, { ...found, expires: now + milliseconds })
      return true
    },

    async updateGroup(name, topics, change) {
      const target = group(name)
      const { members, gone, partitions, rebalance } = change(stateOf(memory, target, topics))
      for (const id of gone) target.members.delete(id)
      for (const member of members) target.members.set(member.id, member)
      for (const partition of partitions) {
        target.partitions.set(partitionKey(partition.topic, partition.partition), partition)
      }
      if (rebalance) {
        target.generation += 1
        tell({ group: name })
      }
      return target.generation
    },

    async commit(name, member, offsets) {
      const { partitions } = group(name)
      return offsets.filter(({ topic, partition, token, offset }) => {
        const key = partitionKey(topic, partition)
        const found = partitions.get(key)
        if (!found || found.owner !== member || found.token !== token) return true
        if (offset > found.committed) partitions.set(key, { ...found, committed: offset })
        return false
      })
    },

    async prune(before, limit) {
      return prune(memory, before, limit)
    },

    onChange(listener) {
      own.add(listener)
      memory.listeners.add(listener)
      return () => {
        own.delete(listener)
        memory.listeners.delete(listener)
      }
    },

    async close() {
      for (const listener of own) memory.listeners.delete(listener)
    },
  }
}

function received(message: Message, topic: string, partition: number, offset: number): ReceivedMessage {
  const { id, key, value } = message
  const headers = { ...message.headers }
  return { id, key, headers, value, topic, partition, offset, publishedAt: Date.now() }
}

function nextOf({ earliest, messages }: Partition): number {
  return earliest + messages.length
}

function endsOf(memory: MemoryTopics, topic: string): readonly PartitionEnds[] {
  return (memory.topics.get(topic) ?? []).map((source, partition) => ({
    topic,
    partition,
    earliest: source.earliest,
    next: nextOf(source),
  }))
}

function stateOf(memory: MemoryTopics, group: Group, topics: readonly string[]): GroupState {
  const members = [...group.members.values()]
  const known = [...group.partitions.values()]
  const ends = topicsOf(members, topics).flatMap((topic) => endsOf(memory, topic))
  return groupState({ now: Date.now(), members, known }, ends)
}

function withinBytes(messages: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
  let bytes = 0
  const end = messages.findIndex(({ value }, at) => {
    bytes += value.length
    return at > 0 && bytes > READ_BYTES
  })
  return end < 0 ? messages : messages.slice(0, end)
}

function prune(memory: MemoryTopics, before: number, limit: number): number {
  let removed = 0
  for (const [topic, partitions] of memory.topics) {
    partitions.forEach((source, partition) => {
      const kept = lowestCommitted(memory, topic, partition)
      let count = 0
      for (const { offset, publishedAt } of source.messages) {
        if (removed + count >= limit || publishedAt >= before || offset >= kept) break
        count += 1
      }
      source.messages.splice(0, count)
      source.earliest += count
      removed += count
    })
  }
  return removed
}

function lowestCommitted(memory: MemoryTopics, topic: string, partition: number): number {
  const key = partitionKey(topic, partition)
  let lowest = Number.POSITIVE_INFINITY
  for (const { partitions } of memory.groups.values()) {
    lowest = Math.min(lowest, partitions.get(key)?.committed ?? lowest)
  }
  return lowest
}
