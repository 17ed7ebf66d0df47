import { type Logger, silentLogger } from '../../event/index.ts'
import type {
  Broker,
  BrokerOptions,
  Message,
  MessageHandler,
  SubscribeOptions,
  Subscription,
} from '../broker.ts'
import { BrokerClosed, PartitionsDiffer, UnknownTopic } from '../errors.ts'
import { refuseTooLarge } from '../message-size.ts'
import { checkName } from '../names.ts'
import { partitionCount } from '../partition-count.ts'
import { type MemberSettings, memberSettings, subscriptionOf } from '../subscribing.ts'
import { Cluster } from './cluster.ts'
import { Connections } from './connections.ts'
import { ensureTopic, findTopic } from './ensure-topic.ts'
import { Coordinator } from './group/coordinator.ts'
import { lagOf } from './group/lag.ts'
import { KafkaMember } from './group/member.ts'
import { latestOf } from './latest.ts'
import type { KafkaSettings } from './options.ts'
import { Producer } from './producer/producer.ts'

/** Opens a broker on a Kafka cluster that is there. @throws BrokerUnreachable */
export async function openKafkaBroker(settings: KafkaSettings, options: BrokerOptions): Promise<Broker> {
  const cluster = new Cluster(settings)
  try {
    await cluster.refresh([])
  } catch (error) {
    await cluster.close()
    throw error
  }
  const broker = new KafkaBroker(cluster, options.logger ?? silentLogger)
  return {
    url: broker.url,
    ensureTopic: (topic, topicSettings) => broker.ensureTopic(topic, topicSettings),
    publish: (topic, messages) => broker.publish(topic, messages),
    subscribe: (subscription, handler) => broker.subscribe(subscription, handler),
    topics: () => broker.topics(),
    latest: (topic, limit) => broker.latest(topic, limit),
    groupLag: (group) => broker.groupLag(group),
    close: () => broker.close(),
  }
}

class KafkaBroker implements Broker {
  readonly url: string
  readonly #cluster: Cluster
  readonly #logger: Logger
  readonly #producer: Producer
  readonly #members = new Set<KafkaMember>()
  /** Calls that wait until a topic is known: those after them wait too. */
  readonly #waiting = new Map<string, ((error?: unknown) => void)[]>()
  readonly #lookAround: NodeJS.Timeout
  /** Topics with few partitions, of which it is said. */
  readonly #few = new Set<string>()
  #closing: Promise<void> | undefined

  constructor(cluster: Cluster, logger: Logger) {
    this.url = cluster.url
    this.#cluster = cluster
    this.#logger = logger
    this.#producer = new Producer(cluster, logger)
    // Partitions that an operator adds are to be written and read.
    const look = (): void => void cluster.refreshKnown().catch(() => {})
    this.#lookAround = setInterval(look, cluster.settings.refreshInterval).unref()
  }

  async ensureTopic(topic: string, { partitions }: { readonly partitions?: number } = {}): Promise<void> {
    this.#assertOpen()
    checkName(topic, 'a topic')
    checkName(this.#real(topic), 'a topic')
    const wanted = partitionCount(partitions)
    const { leaders } = await ensureTopic(this.#cluster, this.#real(topic), wanted)
    if (partitions !== undefined && partitions > leaders.length)
      throw new PartitionsDiffer(topic, leaders.length, partitions)
    if (leaders.length < wanted) this.#tellFew(topic, leaders.length)
  }

  /** As many instances as the topic has partitions take part: more do nothing, which nobody would look for here. */
  #tellFew(topic: string, partitions: number): void {
    if (this.#few.has(topic)) return
    this.#few.add(topic)
    this.#logger.info({ topic, partitions }, 'the topic was there, with fewer partitions than a new one gets')
  }

  async publish(topic: string, messages: readonly Message[]): Promise<void> {
    this.#assertOpen()
    checkName(topic, 'a topic')
    refuseTooLarge(topic, messages)
    const real = this.#real(topic)
    const known = this.#waiting.has(real) ? undefined : this.#cluster.known(real)
    if (known && known.leaders.length > 0) return this.#producer.write(known, messages)
    return this.#publishLater(topic, messages)
  }

  async subscribe(options: SubscribeOptions, handler: MessageHandler): Promise<Subscription> {
    this.#assertOpen()
    try {
      return await this.#join(memberSettings(options, handler, this.#logger))
    } catch (error) {
      // It may have been closed meanwhile.
      this.#assertOpen()
      throw error
    }
  }

  async #join(wished: MemberSettings): Promise<Subscription> {
    for (const topic of wished.topics) await this.#find(topic)
    this.#assertOpen()
    const group = this.#real(wished.group)
    const member = new KafkaMember(this.#cluster, {
      ...wished,
      group,
      topics: wished.topics.map((topic) => this.#real(topic)),
      instanceId: this.#instanceIn(group),
    })
    this.#members.add(member)
    try {
      await member.start()
    } catch (error) {
      this.#members.delete(member)
      throw error
    }
    this.#assertOpen()
    return subscriptionOf(member, this.#members)
  }

  async topics(): Promise<readonly { readonly topic: string; readonly partitions: number }[]> {
    this.#assertOpen()
    const { prefix } = this.#cluster.settings
    return (await this.#cluster.all())
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, leaders }) => ({ topic: name.slice(prefix.length), partitions: leaders.length }))
      .sort((a, b) => (a.topic < b.topic ? -1 : 1))
  }

  async latest(topic: string, limit: number): ReturnType<Broker['latest']> {
    this.#assertOpen()
    checkName(topic, 'a topic')
    return latestOf(this.#cluster, await this.#find(topic), limit)
  }

  async groupLag(group: string): Promise<number> {
    this.#assertOpen()
    checkName(group, 'a consumer group')
    const connections = new Connections(this.#cluster.settings)
    try {
      return await lagOf(this.#cluster, new Coordinator(this.#cluster, this.#real(group)), connections)
    } finally {
      await connections.close()
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearInterval(this.#lookAround)
    await Promise.allSettled([...this.#members].map((member) => member.stop()))
    await this.#producer.close()
    await this.#cluster.close()
  }

  #assertOpen(): void {
    if (this.#closing) throw new BrokerClosed(this.url)
  }

  #real(name: string): string {
    return `${this.#cluster.settings.prefix}${name}`
  }

  async #find(topic: string): Promise<NonNullable<Awaited<ReturnType<typeof findTopic>>>> {
    const found = await findTopic(this.#cluster, this.#real(topic))
    if (!found) throw new UnknownTopic(topic, this.url)
    return found
  }

  /** Once the topic is known, in the order of the calls. */
  #publishLater(topic: string, messages: readonly Message[]): Promise<void> {
    const real = this.#real(topic)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const write = (error?: unknown): void => {
      const layout = this.#cluster.known(real)
      if (layout && layout.leaders.length > 0) this.#producer.write(layout, messages).then(resolve, reject)
      else reject(error ?? new UnknownTopic(topic, this.url))
    }
    const others = this.#waiting.get(real)
    if (others) {
      others.push(write)
      return promise
    }
    const calls = [write]
    this.#waiting.set(real, calls)
    const done = (error?: unknown): void => {
      this.#waiting.delete(real)
      for (const call of calls) call(error)
    }
    findTopic(this.#cluster, real).then(() => done(), done)
    return promise
  }

  /** Two members of one process are two instances. */
  #instanceIn(group: string): string | null {
    const { instanceId } = this.#cluster.settings
    if (instanceId === undefined) return null
    const taken = new Set([...this.#members].flatMap((one) => (one.group === group ? one.instanceId : [])))
    let name = instanceId
    for (let number = 2; taken.has(name); number += 1) name = `${instanceId}-${number}`
    return name
  }
}
