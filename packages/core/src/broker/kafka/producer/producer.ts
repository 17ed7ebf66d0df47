import type { Logger } from '../../../event/index.ts'
import type { Message } from '../../broker.ts'
import { BrokerClosed, BrokerUnreachable, MessageTooLarge, UnknownTopic } from '../../errors.ts'
import { type Placement, placement } from '../../placement.ts'
import type { Cluster, TopicLayout } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { type ErrorName, whyOf } from '../protocol.ts'
import { recordBytes, recordOf } from '../record.ts'
import { Identities } from './identities.ts'
import { type Call, PartitionQueue } from './partition-queue.ts'
import { send } from './send.ts'
import { topicLimit } from './topic-limit.ts'
import { verdictOn } from './verdict.ts'

const REQUEST_BYTES = 8_000_000
const CLOSING = 5000
/** A topic that was just made may not be known to every node. */
const TIMES_UNKNOWN = 5

/**
 * Writes messages, those of each partition in the order of the calls: one batch of a partition is under way at a time,
 * and is sent again as it is until it stands, so that neither a lost answer nor a restart repeats or reorders it.
 */
export class Producer {
  readonly #cluster: Cluster
  readonly #connections: Connections
  readonly #identities: Identities
  readonly #logger: Logger
  readonly #place: Placement = placement()
  readonly #queues = new Map<string, PartitionQueue>()
  readonly #busy = new Set<number>()
  #pumping: NodeJS.Immediate | undefined
  #waking: NodeJS.Timeout | undefined
  #emptied: (() => void) | undefined
  #closed = false
  #warned = false

  constructor(cluster: Cluster, logger: Logger) {
    const { requestTimeout, publishTimeout } = cluster.settings
    this.#cluster = cluster
    this.#connections = new Connections(cluster.settings, Math.min(requestTimeout, publishTimeout))
    this.#identities = new Identities(cluster)
    this.#logger = logger
  }

  /** Takes them in at once; resolves when all stand on all in-sync replicas. @throws BrokerUnreachable MessageTooLarge UnknownTopic */
  write({ name, leaders }: TopicLayout, messages: readonly Message[]): Promise<void> {
    const { publishTimeout, format } = this.#cluster.settings
    if (messages.length === 0) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const deadline = performance.now() + publishTimeout
    const call: Call = { open: messages.length, failed: false, deadline, resolve, reject }
    const queues: PartitionQueue[] = []
    for (const message of messages) {
      const record = recordOf(message, format)
      const partition = this.#place(message.key, leaders.length)
      queues[partition] ??= this.#queueOf(name, partition)
      queues[partition].push({ id: message.id, record, bytes: recordBytes(record), call })
    }
    this.#pumpSoon()
    return promise
  }

  /** Sends what was taken in, for a while, then closes. */
  async close(): Promise<void> {
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    this.#pump()
    const late = setTimeout(() => this.#emptied?.(), CLOSING)
    await emptied
    clearTimeout(late)
    this.#closed = true
    clearImmediate(this.#pumping)
    clearTimeout(this.#waking)
    for (const queue of this.#queues.values()) {
      for (queue.fill(); queue.batch.length > 0; queue.fill()) queue.fail(new BrokerClosed(this.#cluster.url))
    }
    await this.#connections.close()
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const key = `${topic}:${partition}`
    const found = this.#queues.get(key)
    if (found) return found
    const made = new PartitionQueue(topic, partition)
    this.#queues.set(key, made)
    return made
  }

  /** What other calls of this turn publish goes with it. */
  #pumpSoon(): void {
    if (this.#closed) return
    this.#pumping ??= setImmediate(() => this.#pump())
  }

  #pump(): void {
    clearImmediate(this.#pumping)
    this.#pumping = undefined
    const waiting = [...this.#queues.values()].filter(({ isEmpty }) => !isEmpty)
    if (waiting.length === 0) this.#emptied?.()
    const now = performance.now()
    const filled = waiting.filter((queue) => !queue.inFlight && this.#fill(queue, now))
    const ready = filled.filter(({ notBefore }) => notBefore <= now)
    this.#wakeAt(Math.min(...filled.map(({ notBefore }) => notBefore).filter((time) => time > now)))
    for (const [leader, queues] of Map.groupBy(ready, (queue) => this.#leaderOf(queue))) {
      if (leader === -1) for (const queue of queues) this.#again(queue, 'the partition has no leader')
      else if (!this.#busy.has(leader)) void this.#send(leader, queues)
    }
  }

  /** True where there is a batch to be sent. */
  #fill(queue: PartitionQueue, now: number): boolean {
    this.#dropLate(queue, now)
    queue.fill()
    return queue.batch.length > 0
  }

  #leaderOf({ topic, partition }: PartitionQueue): number {
    return this.#cluster.leaderOf(topic, partition)
  }

  #wakeAt(due: number): void {
    clearTimeout(this.#waking)
    if (due === Number.POSITIVE_INFINITY || this.#closed) return
    this.#waking = setTimeout(() => this.#pump(), Math.max(1, due - performance.now()))
  }

  /** Calls whose time is over are given up. Whether their messages stand is unknown. */
  #dropLate(queue: PartitionQueue, now: number): void {
    if (queue.failures === 0 || !queue.batch.some(({ call }) => call.failed || call.deadline <= now)) return
    const { url, settings } = this.#cluster
    const why = `did not confirm a message for topic "${this.#cluster.shown(queue.topic)}" within ${settings.publishTimeout} ms (${queue.trouble}): it may stand or not, publish it again with the same id`
    this.#identities.forget(queue)
    queue.fail(new BrokerUnreachable(url, why), ({ call }) => call.deadline <= now)
  }

  async #send(node: number, ready: readonly PartitionQueue[]): Promise<void> {
    this.#busy.add(node)
    const queues = withinBytes(ready)
    for (const queue of queues) queue.inFlight = true
    try {
      const identity = await this.#identities.for(queues)
      const alike = queues.filter((queue) => queue.identity === identity)
      const said = await send(this.#cluster, this.#connections, node, identity, alike)
      for (const [queue, error] of said) await this.#judge(queue, error)
    } catch (error) {
      for (const queue of queues) this.#again(queue, whyOf(error))
    } finally {
      for (const queue of queues) queue.inFlight = false
      this.#busy.delete(node)
      this.#pumpSoon()
    }
  }

  async #judge(queue: PartitionQueue, error: ErrorName): Promise<void> {
    const verdict = verdictOn(error)
    if (verdict === 'done') {
      this.#warned = false
      return queue.done()
    }
    if (verdict === 'too large') return this.#tooLarge(queue)
    if (verdict === 'hopeless') {
      const why = `refuses messages for topic "${this.#cluster.shown(queue.topic)}": ${error}`
      return queue.fail(new BrokerUnreachable(this.#cluster.url, why))
    }
    if (verdict === 'new identity') this.#identities.forget(queue)
    if (error === 'UNKNOWN_TOPIC_OR_PARTITION' && queue.failures >= TIMES_UNKNOWN) {
      return queue.fail(new UnknownTopic(this.#cluster.shown(queue.topic), this.#cluster.url))
    }
    this.#again(queue, error)
  }

  async #tooLarge(queue: PartitionQueue): Promise<void> {
    if (queue.batch.length > 1) return queue.halve()
    const [{ id, bytes } = { id: '', bytes: 0 }] = queue.batch
    const limit = await topicLimit(this.#cluster, queue.topic)
    queue.fail(new MessageTooLarge(this.#cluster.shown(queue.topic), id, bytes, limit))
  }

  #again(queue: PartitionQueue, trouble: string): void {
    queue.again(trouble)
    const { topic, partition } = queue
    if (!this.#warned)
      this.#logger.warn({ topic, partition, trouble }, 'messages could not be sent and are tried again')
    this.#warned = true
    const looked = this.#cluster.refresh([topic]).catch(() => {})
    void looked.then(() => this.#pumpSoon())
  }
}

/** Some of them, that are not too much for one request. */
function withinBytes(queues: readonly PartitionQueue[]): readonly PartitionQueue[] {
  let bytes = 0
  return queues.filter(({ batchSize }, at) => {
    bytes += batchSize
    return at === 0 || bytes <= REQUEST_BYTES
  })
}
