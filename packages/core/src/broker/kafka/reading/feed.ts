import type { ReceivedMessage } from '../../broker.ts'
import { messageBytes } from '../../message-size.ts'
import type { PartitionOfTopic } from './fetch.ts'

/** Of one partition that are fetched and not yet taken. */
const MOST_MESSAGES = 2000
const MOST_BYTES = 4_000_000

export interface FeedListener {
  /** There are messages up to this offset. */
  came(end: number): void
  /** Before this offset there is nothing to be taken. */
  nothingBefore(offset: number): void
  /** What was to be read next is not there any more, and never comes: the topic was made anew. */
  lost(): void
}

/** One partition's messages on their way from Kafka to who takes them. */
export class Feed {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly listener: FeedListener
  /** What is fetched next. */
  offset: number
  inFlight = false
  ended = false
  /** On `performance.now()`. */
  notBefore = 0
  failures = 0
  readonly #messages: ReceivedMessage[] = []
  #bytes = 0

  constructor({ topic, topicId, partition }: PartitionOfTopic, offset: number, listener: FeedListener) {
    this.topic = topic
    this.topicId = topicId
    this.partition = partition
    this.offset = offset
    this.listener = listener
  }

  get hasRoom(): boolean {
    return this.#messages.length < MOST_MESSAGES && this.#bytes < MOST_BYTES
  }

  add(messages: readonly ReceivedMessage[], next: number): void {
    for (const message of messages) {
      this.#messages.push(message)
      this.#bytes += messageBytes(message)
    }
    if (next <= this.offset) return
    this.offset = next
    this.listener.came(next)
  }

  take(from: number, limit: number): readonly ReceivedMessage[] {
    const taken: ReceivedMessage[] = []
    let count = 0
    for (const message of this.#messages) {
      if (taken.length === limit) break
      count += 1
      this.#bytes -= messageBytes(message)
      if (message.offset >= from) taken.push(message)
    }
    this.#messages.splice(0, count)
    if (taken.length === 0 && from < this.offset) this.listener.nothingBefore(this.offset)
    return taken
  }
}
