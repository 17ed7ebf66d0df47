import type { Logger } from '../../../event/index.ts'
import type { Cluster } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { endsOf } from '../offsets.ts'
import { type ErrorName, whyOf } from '../protocol.ts'
import { Feed, type FeedListener } from './feed.ts'
import { type FetchedFrom, fetchFrom, type PartitionOfTopic } from './fetch.ts'

/** Milliseconds that a broker waits for messages. */
const WAIT = 500
/** Requests that wait at one node at once: what is wanted while all wait is asked for when the first one ends. */
const SLOTS = 4
const FIRST_BACKOFF = 50
const LONGEST_BACKOFF = 1000

/** Fetches ahead what a member's partitions hold, as far as there is room. */
export class Fetcher {
  readonly #cluster: Cluster
  readonly #logger: Logger
  readonly #feeds = new Set<Feed>()
  readonly #free = new Map<number, Connections[]>()
  readonly #all: Connections[] = []
  #waking: NodeJS.Timeout | undefined
  #pumping: NodeJS.Immediate | undefined
  #closed = false
  #warned = false

  constructor(cluster: Cluster, logger: Logger) {
    this.#cluster = cluster
    this.#logger = logger
  }

  open(source: PartitionOfTopic, offset: number, listener: FeedListener): Feed {
    const feed = new Feed(source, offset, listener)
    this.#feeds.add(feed)
    this.pumpSoon()
    return feed
  }

  end(feed: Feed): void {
    feed.ended = true
    this.#feeds.delete(feed)
  }

  /** Partitions that open in one turn are asked for at once. */
  pumpSoon(): void {
    if (this.#closed) return
    this.#pumping ??= setImmediate(() => this.#pump())
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#waking)
    clearImmediate(this.#pumping)
    this.#feeds.clear()
    await Promise.all(this.#all.map((connections) => connections.close()))
  }

  #pump(): void {
    this.#pumping = undefined
    const now = performance.now()
    const idle = [...this.#feeds].filter(({ inFlight }) => !inFlight)
    for (const feed of idle.filter((one) => this.#isOther(one)))
      this.#lose(feed, 'the topic was deleted and made anew')
    const wanted = idle.filter((feed) => !feed.ended && feed.hasRoom)
    const ready = wanted.filter(({ notBefore }) => notBefore <= now)
    for (const [leader, feeds] of Map.groupBy(ready, (feed) => this.#leaderOf(feed))) {
      if (leader === -1) for (const feed of feeds) this.#again(feed, 'the partition has no leader')
      else this.#ask(leader, feeds)
    }
    const due = Math.min(...wanted.map(({ notBefore }) => notBefore).filter((time) => time > now))
    clearTimeout(this.#waking)
    if (due < Number.POSITIVE_INFINITY) this.#waking = setTimeout(() => this.#pump(), due - now + 1)
  }

  #leaderOf({ topic, partition }: Feed): number {
    return this.#cluster.leaderOf(topic, partition)
  }

  /** True where there is another topic of that name by now. */
  #isOther({ topic, topicId }: Feed): boolean {
    return (this.#cluster.known(topic)?.id ?? topicId) !== topicId
  }

  #lose(feed: Feed, why: string): void {
    const { topic, partition, offset } = feed
    this.#logger.error({ topic, partition, offset }, `${why}: it is read from its beginning`)
    this.end(feed)
    feed.listener.lost()
  }

  #ask(node: number, feeds: readonly Feed[]): void {
    const connections = this.#slot(node)
    if (!connections) return
    for (const feed of feeds) feed.inFlight = true
    void this.#fetch(node, connections, feeds).finally(() => {
      this.#free.get(node)?.push(connections)
      for (const feed of feeds) feed.inFlight = false
      this.pumpSoon()
    })
  }

  #slot(node: number): Connections | undefined {
    const free = this.#free.get(node) ?? []
    if (!this.#free.has(node)) {
      const { settings } = this.#cluster
      for (let slot = 0; slot < SLOTS; slot += 1)
        free.push(new Connections(settings, settings.requestTimeout + WAIT))
      this.#all.push(...free)
      this.#free.set(node, free)
    }
    return free.pop()
  }

  async #fetch(node: number, connections: Connections, feeds: readonly Feed[]): Promise<void> {
    try {
      const answers = await fetchFrom(this.#cluster, connections, node, feeds, WAIT)
      for (const answer of answers) if (!answer.from.ended) await this.#take(answer)
    } catch (error) {
      for (const feed of feeds) this.#again(feed, whyOf(error))
    }
  }

  async #take({ from: feed, error, messages, next }: FetchedFrom<Feed>): Promise<void> {
    if (error === 'NONE') {
      feed.failures = 0
      this.#warned = false
      if (next > feed.offset) this.#behindOthers(feed)
      feed.add(messages, next)
      return
    }
    if (error === 'OFFSET_OUT_OF_RANGE') await this.#findPlace(feed)
    else this.#again(feed, error)
  }

  /** A batch larger than what is asked for comes only where none stands before it. */
  #behindOthers(feed: Feed): void {
    this.#feeds.delete(feed)
    this.#feeds.add(feed)
  }

  /** What it was to read is past its retention, or was lost by the brokers. */
  async #findPlace(feed: Feed): Promise<void> {
    const [ends] = await endsOf(this.#cluster, [feed])
    if (!ends || feed.ended) return
    const { topic, partition, offset } = feed
    const gone = { topic, partition, offset, earliest: ends.earliest, next: ends.next }
    if (offset < ends.earliest) {
      // A new group misses nothing: it begins with what there is.
      if (offset > 0) this.#logger.warn(gone, 'messages were removed before they were read')
      feed.add([], ends.earliest)
    } else if (offset > ends.next) this.#lose(feed, 'the partition ends before what was read of it')
    else this.#again(feed, 'OFFSET_OUT_OF_RANGE')
  }

  #again(feed: Feed, trouble: ErrorName): void {
    if (feed.ended) return
    feed.notBefore = performance.now() + Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** feed.failures)
    feed.failures += 1
    const { topic, partition } = feed
    if (!this.#warned)
      this.#logger.warn(
        { topic, partition, trouble },
        'messages could not be fetched and are asked for again',
      )
    this.#warned = true
    void this.#cluster
      .refresh([topic])
      .catch(() => {})
      .then(() => this.pumpSoon())
  }
}
