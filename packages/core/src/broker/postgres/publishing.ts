import { StorageFailed } from '../../store/index.ts'
import type { PostgresDatabase } from '../../store/postgres/index.ts'
import type { Message } from '../broker.ts'
import { messageBytes } from '../message-size.ts'
import type { Placement } from '../placement.ts'
import type { PartitionEnd } from '../storage.ts'
import { appendMessages, type PlacedMessage } from './append.ts'
import { type Topic, topicNamed } from './topics.ts'

/** Takes calls of this process, in their order. */
export interface Publishing {
  /** Resolves when the messages are durable. False: no such topic. */
  append(topic: string, messages: readonly Message[], place: Placement): Promise<boolean>
  /** Answers what was asked. */
  close(): Promise<void>
}

interface Waiting {
  readonly topic: string
  readonly messages: readonly Message[]
  readonly place: Placement
  readonly bytes: number
  readonly resolve: (known: boolean) => void
  readonly reject: (error: unknown) => void
}

const MOST_MESSAGES = 2000
const MOST_BYTES = 4_000_000
const MOST_TRIES = 5
const INCOMPLETE =
  'a topic lacks rows in eventwright_partitions; restore the tables of the broker from a backup'

/**
 * Calls that come while one statement is under way share the next: one at a time keeps the order of each key, and
 * together they share a commit.
 */
export function publishing(
  database: PostgresDatabase,
  published: (ends: readonly PartitionEnd[]) => void,
): Publishing {
  const topics = new Map<string, Topic>()
  let queue: Waiting[] = []
  let draining: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      await new Promise(setImmediate)
      const taken = queue.slice(0, countOf(queue))
      queue = queue.slice(taken.length)
      try {
        await flush(taken)
      } catch (error) {
        for (const { reject } of taken) reject(error)
      }
    }
    // At once, so that no call comes between the last look at the queue and this.
    draining = undefined
  }

  async function flush(calls: readonly Waiting[]): Promise<void> {
    // What is known of a topic may be out of date: then nothing was written, and it is looked up again.
    let ends = await written(calls)
    for (let tries = 0; ends === undefined; tries++) {
      if (tries === MOST_TRIES) throw new StorageFailed(database.url, INCOMPLETE)
      topics.clear()
      ends = await written(calls)
    }
    const known = calls.filter(({ topic }) => topics.has(topic))
    if (ends.length > 0) published(ends)
    for (const call of calls) call.resolve(known.includes(call))
  }

  async function written(calls: readonly Waiting[]): Promise<readonly PartitionEnd[] | undefined> {
    await look(calls)
    const placed = calls.flatMap((call) => placedOf(call, topics.get(call.topic)))
    return placed.length === 0 ? [] : appendMessages(database, placed)
  }

  async function look(calls: readonly Waiting[]): Promise<void> {
    for (const name of new Set(calls.map(({ topic }) => topic))) {
      if (topics.has(name)) continue
      const found = await topicNamed(database, name)
      if (found) topics.set(name, found)
    }
  }

  return {
    append(topic, messages, place) {
      const bytes = messages.reduce((sum, message) => sum + messageBytes(message), 0)
      return new Promise((resolve, reject) => {
        queue.push({ topic, messages, place, bytes, resolve, reject })
        draining ??= drain()
      })
    },
    async close() {
      while (draining !== undefined) await draining
    },
  }
}

function countOf(queue: readonly Waiting[]): number {
  let messages = 0
  let bytes = 0
  const end = queue.findIndex((call, at) => {
    messages += call.messages.length
    bytes += call.bytes
    return at > 0 && (messages > MOST_MESSAGES || bytes > MOST_BYTES)
  })
  return end < 0 ? queue.length : end
}

function placedOf({ messages, place }: Waiting, topic: Topic | undefined): readonly PlacedMessage[] {
  if (topic === undefined) return []
  return messages.map((message) => ({ topic, partition: place(message.key, topic.partitions), message }))
}
