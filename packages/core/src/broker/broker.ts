import type { Logger } from '../event/index.ts'

/** A message as it is published. `value` is text (JSON); `key` picks the partition and the order, `null` spreads. */
export interface Message {
  readonly id: string
  readonly key: string | null
  readonly headers: { readonly [name: string]: string }
  readonly value: string
}

export interface ReceivedMessage extends Message {
  readonly topic: string
  readonly partition: number
  /** In its partition, ascending. */
  readonly offset: number
  /** Milliseconds since 1970 at which the broker took it. */
  readonly publishedAt: number
}

export interface TopicSettings {
  /** Default 6. Never lowered; raised only by an operator, since it moves keys. */
  readonly partitions?: number
}

/** One partition's messages at one time; `handler` may keep several in flight up to the limit. */
export interface Delivery {
  readonly topic: string
  readonly partition: number
  /** Higher with every new owner of this partition in this group: what the effect's flush is fenced with. */
  readonly token: number
  /** Aborted when the partition is being given up: finish or stop. */
  readonly signal: AbortSignal
  /** In any order; what is committed is the lowest offset not yet acknowledged. Acknowledging twice does nothing. */
  ack(message: ReceivedMessage): void
  /** Nothing more of this partition will be acknowledged: who gives it up need not wait for what is in flight. */
  letGo(): void
  /**
   * The consumer's store knows this token, a higher one: whoever owns the partition now is given one above it. A
   * broker that was made anew counts from 1 again.
   */
  outdated(highest: number): void
}

/**
 * Takes messages of one partition in order. It resolves when it has taken them in, which may be before
 * they are acknowledged. A throw means "again later": what was not acknowledged comes again.
 */
export type MessageHandler = (messages: readonly ReceivedMessage[], delivery: Delivery) => Promise<void>

export interface SubscribeOptions {
  readonly group: string
  readonly topics: readonly string[]
  /** Most messages of one partition handed over at once; default 100. */
  readonly batch?: number
  /** Most unacknowledged messages a partition; default 1000. */
  readonly maxInFlight?: number
  /** Milliseconds after which another member may take over the partitions of a dead one; default 10 000. */
  readonly sessionTimeout?: number
}

export interface Subscription {
  /** No more messages until `resume`; what is in flight goes on. */
  pause(): void
  resume(): void
  /** Drains what is in flight (at most `milliseconds`, default 5000), commits offsets, gives up the partitions. */
  stop(milliseconds?: number): Promise<void>
  /** Messages of the group's topics that are not acknowledged, over all partitions, also those of other members. */
  lag(): Promise<number>
}

/** What `sqlite('shop.db')` or `memory()` give: how to open a broker. */
export interface BrokerEngine {
  readonly url: string
  openBroker(options?: BrokerOptions): Promise<Broker>
}

export interface BrokerOptions {
  /** Told when a handler threw and when the engine could not be reached; default silent. */
  readonly logger?: Logger
}

/** Topics in partitions, read by consumer groups. `testing` publishes the suite that every engine passes. */
export interface Broker {
  readonly url: string
  /** Makes the topic if it is not there; more partitions than it has is `PartitionsDiffer`, unless it has more. @throws InvalidOption PartitionsDiffer */
  ensureTopic(topic: string, settings?: TopicSettings): Promise<void>
  /** Resolves when the messages are durable. Order within a key is the order of the calls. @throws UnknownTopic MessageTooLarge UseTxError */
  publish(topic: string, messages: readonly Message[]): Promise<void>
  /** A group reads each message at least once; first deliveries come in key order. A new group starts at the earliest message. @throws UnknownTopic */
  subscribe(options: SubscribeOptions, handler: MessageHandler): Promise<Subscription>
  /** All topics with their number of partitions. */
  topics(): Promise<readonly { readonly topic: string; readonly partitions: number }[]>
  /**
   * The last messages of each partition of a topic, at most `limit` a partition, to look at: no group moves.
   * Ascending within a partition. @throws UnknownTopic
   */
  latest(topic: string, limit: number): Promise<readonly ReceivedMessage[]>
  /** As `Subscription.lag`, of a group that somebody else reads; counts from the lowest unacknowledged message of each partition. */
  groupLag(group: string): Promise<number>
  /** Stops all subscriptions and closes. Idempotent. */
  close(): Promise<void>
}
