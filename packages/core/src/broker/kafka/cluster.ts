import { metadataV12 } from '@platformatic/kafka'
import { BrokerUnreachable } from '../errors.ts'
import { Connections } from './connections.ts'
import type { BrokerAddress, KafkaSettings } from './options.ts'
import { answered, nameOfError, whyOf } from './protocol.ts'

/** A topic as the cluster has it now. */
export interface TopicLayout {
  readonly name: string
  readonly id: string
  /** The node that leads each partition, -1 where none does. */
  readonly leaders: readonly number[]
}

/** What is known of the cluster: its nodes, and the topics that were asked for. */
export class Cluster {
  readonly settings: KafkaSettings
  readonly connections: Connections
  readonly #nodes = new Map<number, BrokerAddress>()
  readonly #topics = new Map<string, TopicLayout>()
  readonly #asking = new Map<string, Promise<void>>()

  constructor(settings: KafkaSettings) {
    this.settings = settings
    this.connections = new Connections(settings)
  }

  get url(): string {
    return this.settings.url
  }

  /** A topic's name without the prefix: as callers know it. */
  shown(topic: string): string {
    return topic.slice(this.settings.prefix.length)
  }

  node(id: number): BrokerAddress {
    const found = this.#nodes.get(id)
    if (found) return found
    throw new BrokerUnreachable(this.url, `has no node ${id} at present`)
  }

  /** Some node, for what all of them answer. */
  anyNode(): BrokerAddress {
    const all = [...this.#nodes.values()]
    return all[Math.floor(Math.random() * all.length)] ?? this.settings.bootstrap[0] ?? { host: '', port: 0 }
  }

  /** As it was last seen. */
  known(topic: string): TopicLayout | undefined {
    return this.#topics.get(topic)
  }

  leaderOf(topic: string, partition: number): number {
    return this.#topics.get(topic)?.leaders[partition] ?? -1
  }

  nameOf(id: string): string | undefined {
    for (const layout of this.#topics.values()) if (layout.id === id) return layout.name
    return undefined
  }

  /** Looks at these topics anew. Calls for the same ones share an answer. @throws BrokerUnreachable */
  refresh(topics: readonly string[]): Promise<void> {
    const key = [...topics].sort().join(' ')
    const asked = this.#asking.get(key)
    if (asked) return asked
    const asking = this.#ask([...topics]).then((found) => {
      for (const topic of topics) if (!found.some(({ name }) => name === topic)) this.#topics.delete(topic)
      for (const layout of found) this.#topics.set(layout.name, layout)
    })
    const done = asking.finally(() => this.#asking.delete(key))
    this.#asking.set(key, done)
    return done
  }

  /** Looks anew at all topics that were ever asked for. */
  async refreshKnown(): Promise<void> {
    await this.refresh([...this.#topics.keys()])
  }

  /** All topics but Kafka's own. @throws BrokerUnreachable */
  async all(): Promise<readonly TopicLayout[]> {
    return this.#ask(null)
  }

  async close(): Promise<void> {
    await this.connections.close()
  }

  async #ask(topics: string[] | null): Promise<readonly TopicLayout[]> {
    let why: unknown
    for (const address of [...this.#nodes.values(), ...this.settings.bootstrap]) {
      try {
        const connection = await this.connections.to(address)
        const answer = await answered(metadataV12.api.async(connection, topics, false, false))
        this.#nodes.clear()
        for (const { nodeId, host, port } of answer.brokers) this.#nodes.set(nodeId, { host, port })
        return answer.topics.flatMap((topic) => layoutOf(topic))
      } catch (error) {
        why = error
      }
    }
    throw new BrokerUnreachable(
      this.url,
      `cannot be reached (${whyOf(why)}): check host and port, TLS and login, and whether it runs`,
      { cause: why },
    )
  }
}

function layoutOf({
  name,
  topicId,
  isInternal,
  errorCode,
  partitions,
}: metadataV12.MetadataResponseTopic): TopicLayout[] {
  const error = nameOfError(errorCode)
  if (error === 'UNKNOWN_TOPIC_OR_PARTITION' || error === 'INVALID_TOPIC_EXCEPTION') return []
  if (typeof name !== 'string' || isInternal) return []
  const leaders: number[] = []
  for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId
  return [{ name, id: topicId, leaders }]
}
