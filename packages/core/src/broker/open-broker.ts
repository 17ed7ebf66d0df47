import { silentLogger } from '../event/index.ts'
import type {
  Broker,
  BrokerOptions,
  Message,
  MessageHandler,
  SubscribeOptions,
  Subscription,
} from './broker.ts'
import { BrokerClosed, PartitionsDiffer, UnknownTopic } from './errors.ts'
import { groupLag } from './group/lag.ts'
import { Member } from './group/member.ts'
import { latestOf } from './latest.ts'
import { refuseTooLarge } from './message-size.ts'
import { checkName } from './names.ts'
import { partitionCount } from './partition-count.ts'
import { placement } from './placement.ts'
import { keepRetention } from './retention.ts'
import type { BrokerStorage } from './storage.ts'
import { memberSettings, subscriptionOf } from './subscribing.ts'

export interface BrokerSettings extends BrokerOptions {
  /** Milliseconds that messages are kept which every group has committed; default 7 days, `Infinity` keeps all. */
  readonly retention?: number
}

const WEEK = 7 * 24 * 60 * 60 * 1000

/** A broker on an engine's storage: all that is the same on every engine. */
export function openBroker(storage: BrokerStorage, settings: BrokerSettings = {}): Broker {
  const logger = settings.logger ?? silentLogger
  const members = new Set<Member>()
  const place = placement()
  const endRetention = keepRetention(storage, settings.retention ?? WEEK, logger)
  let closing: Promise<void> | undefined

  function assertOpen(operation: string): void {
    if (closing) throw new BrokerClosed(storage.url)
    storage.assertUsable?.(operation)
  }

  async function close(): Promise<void> {
    endRetention()
    await Promise.allSettled([...members].map((member) => member.stop()))
    await storage.close()
  }

  async function publish(topic: string, messages: readonly Message[]): Promise<void> {
    assertOpen('broker.publish')
    checkName(topic, 'a topic')
    refuseTooLarge(topic, messages)
    if (!(await storage.append(topic, messages, place))) throw new UnknownTopic(topic, storage.url)
  }

  async function subscribe(options: SubscribeOptions, handler: MessageHandler): Promise<Subscription> {
    assertOpen('broker.subscribe')
    const wished = memberSettings(options, handler, logger)
    const known = new Set((await storage.topics()).map(({ topic }) => topic))
    const missing = wished.topics.find((topic) => !known.has(topic))
    if (missing !== undefined) throw new UnknownTopic(missing, storage.url)
    const member = new Member(storage, wished)
    members.add(member)
    await member.start()
    return subscriptionOf(member, members)
  }

  return {
    url: storage.url,
    publish,
    subscribe,
    async ensureTopic(topic, { partitions } = {}) {
      assertOpen('broker.ensureTopic')
      checkName(topic, 'a topic')
      const actual = await storage.createTopic(topic, partitionCount(partitions))
      if (partitions !== undefined && partitions > actual)
        throw new PartitionsDiffer(topic, actual, partitions)
    },
    async topics() {
      assertOpen('broker.topics')
      return storage.topics()
    },
    async latest(topic, limit) {
      assertOpen('broker.latest')
      checkName(topic, 'a topic')
      return latestOf(storage, topic, limit)
    },
    async groupLag(group) {
      assertOpen('broker.groupLag')
      checkName(group, 'a consumer group')
      return groupLag(storage, group)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}
