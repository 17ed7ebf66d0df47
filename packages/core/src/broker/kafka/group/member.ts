import type { Logger } from '../../../event/index.ts'
import { InvalidOption } from '../../../store/index.ts'
import type { MessageHandler, Subscription } from '../../broker.ts'
import { partitionKey } from '../../group/assignment.ts'
import { PartitionReader, type ReaderSettings } from '../../reader/partition-reader.ts'
import { serial } from '../../serial.ts'
import type { TopicPartition } from '../../storage.ts'
import type { Cluster } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { endsOf } from '../offsets.ts'
import { type ErrorName, Refused } from '../protocol.ts'
import type { Feed } from '../reading/feed.ts'
import { Fetcher } from '../reading/fetcher.ts'
import { ClassicMembership } from './classic.ts'
import { type Committed, commit, committedOf } from './committed.ts'
import { Coordinator } from './coordinator.ts'
import { lagOf } from './lag.ts'
import { LostMembership, type Membership } from './membership.ts'
import { ServerAssignedMembership } from './server-assigned.ts'

export interface MemberSettings {
  readonly group: string
  readonly topics: readonly string[]
  readonly batch: number
  readonly maxInFlight: number
  readonly sessionTimeout: number
  readonly instanceId: string | null
  readonly handler: MessageHandler
  readonly logger: Logger
}

const DRAIN = 5000
/** Of the session time-out: a member lets go a little before others may take. */
const LETS_GO_AT = 0.9
/** After members came or went a group is likely to change again: then it is looked at more often, for a while. */
const RESTLESS = 3000
const RESTLESS_BEAT = 100
const LAST_WORD = 3000

/** What a member owns: who reads it, and where its messages come from. */
interface Owned {
  readonly source: TopicPartition
  readonly reader: PartitionReader
  readonly feed: Feed
}

/** A member of a consumer group: owns some partitions, reads them, and shows the coordinator that it lives. */
export class KafkaMember implements Subscription {
  readonly #cluster: Cluster
  readonly #settings: MemberSettings
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  readonly #membership: Membership
  readonly #fetcher: Fetcher
  readonly #owned = new Map<string, Owned>()
  readonly #written = new Map<PartitionReader, number>()
  /** Tokens that the next claim of a partition must be above. */
  readonly #highest = new Map<string, number>()
  /** Partitions that begin anew at their earliest message. */
  readonly #afresh = new Set<string>()
  readonly #join: () => Promise<void>
  readonly #claim: () => Promise<void>
  readonly #commit: () => Promise<void>
  #assigned: ReadonlyMap<string, TopicPartition> = new Map()
  #paused = false
  #left = false
  #joinedAt = 0
  #joinedLayout = ''
  #isBeating = false
  #lastBeat = 0
  #beating: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #committing: NodeJS.Timeout | undefined
  #stopping: Promise<void> | undefined
  /** Something failed that the next heart-beat makes good. */
  #owes: 'nothing' | 'claim' | 'join' = 'nothing'
  /** A commit may be on its way that nothing was heard of. */
  #uncertain = false

  constructor(cluster: Cluster, settings: MemberSettings) {
    const { group, sessionTimeout, logger } = settings
    this.#cluster = cluster
    this.#settings = settings
    this.#coordinator = new Coordinator(cluster, group)
    this.#connections = new Connections(
      cluster.settings,
      Math.min(cluster.settings.requestTimeout, sessionTimeout),
    )
    const Protocol =
      cluster.settings.groupProtocol === 'consumer' ? ServerAssignedMembership : ClassicMembership
    this.#membership = new Protocol(cluster, this.#coordinator, this.#connections, settings)
    this.#fetcher = new Fetcher(cluster, logger)
    this.#join = serial(() => this.#joinGroup())
    this.#claim = serial(() => this.#claimMissing())
    this.#commit = serial(() => this.#commitOffsets())
  }

  get group(): string {
    return this.#settings.group
  }

  async start(): Promise<void> {
    try {
      await this.#joinGroup()
    } catch (error) {
      await this.#close()
      throw error
    }
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    for (const { reader } of this.#owned.values()) reader.wake()
  }

  async lag(): Promise<number> {
    await this.#commit()
    let ahead = 0
    for (const { reader } of this.#owned.values()) ahead += reader.acknowledgedAhead
    const { topics } = this.#settings
    return (await lagOf(this.#cluster, this.#coordinator, this.#connections, topics)) - ahead
  }

  stop(milliseconds: number = DRAIN): Promise<void> {
    this.#stopping ??= this.#stop(milliseconds)
    return this.#stopping
  }

  async #stop(milliseconds: number): Promise<void> {
    await Promise.all([...this.#owned.values()].map(({ reader }) => reader.drain(milliseconds)))
    this.#left = true
    clearTimeout(this.#beating)
    clearTimeout(this.#expiry)
    try {
      await this.#commit()
      for (const key of this.#owned.keys()) this.#drop(key)
      await this.#membership.leave()
    } catch (error) {
      this.#warn(error, 'the group was left without a word: it takes the partitions over later')
    }
    await this.#close()
  }

  async #close(): Promise<void> {
    this.#left = true
    clearTimeout(this.#beating)
    clearTimeout(this.#expiry)
    clearTimeout(this.#committing)
    for (const key of this.#owned.keys()) this.#drop(key)
    await Promise.all([this.#fetcher.close(), this.#membership.close(), this.#connections.close()])
  }

  #beatLater(): void {
    if (this.#left) return
    clearTimeout(this.#beating)
    const { heartbeatInterval } = this.#cluster.settings
    const calm = Math.min(heartbeatInterval, this.#settings.sessionTimeout / 3)
    const restless = performance.now() - this.#joinedAt < RESTLESS
    // Keeps the process alive: one that only listens must not end by itself.
    this.#beating = setTimeout(() => void this.#beat(), restless ? Math.min(calm, RESTLESS_BEAT) : calm)
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return
    this.#isBeating = true
    const began = performance.now()
    try {
      const beat = await this.#membership.beat(this.#sources())
      if (beat.kind === 'lost') this.#lose('it is no member of the group any more: its session ran out')
      else this.#beatAt(began)
      if (beat.kind === 'member' && beat.assigned) {
        this.#adopt(beat.assigned)
        this.#owes = 'claim'
      }
      if (beat.kind !== 'member' || this.#owes === 'join') this.#try(this.#join, 'join')
      else if (this.#layout() !== this.#joinedLayout) this.#try(this.#join, 'join')
      else if (this.#owes === 'claim') this.#try(this.#claim, 'claim')
    } catch (error) {
      this.#owesAfter(error, 'nothing')
    }
    this.#isBeating = false
    this.#beatLater()
  }

  async #joinGroup(): Promise<void> {
    while (!this.#left && this.#stopping === undefined) {
      try {
        const began = performance.now()
        const assigned = await this.#membership.join(this.#sources())
        this.#owes = 'nothing'
        this.#uncertain = false
        this.#joinedAt = performance.now()
        this.#joinedLayout = this.#layout()
        this.#beatAt(began)
        if (this.#beating === undefined) this.#beatLater()
        this.#adopt(assigned)
        return await this.#claim()
      } catch (error) {
        if (!(error instanceof LostMembership)) throw this.#explained(error)
        this.#lose('it is no member of the group any more')
      }
    }
  }

  /** Brings what is read in line with what is assigned. */
  #adopt(assigned: readonly TopicPartition[]): void {
    if (this.#left) return
    this.#assigned = new Map(assigned.map((source) => [partitionKey(source.topic, source.partition), source]))
    for (const key of this.#owned.keys()) if (!this.#assigned.has(key)) void this.#giveUp(key)
  }

  async #giveUp(key: string): Promise<void> {
    const owned = this.#owned.get(key)
    if (!owned || owned.reader.draining) return
    await owned.reader.drain(DRAIN)
    if (this.#stopping !== undefined || this.#owned.get(key) !== owned) return
    await this.#commit().catch(() => {})
    if (this.#owned.get(key) !== owned) return
    this.#drop(key)
    // It may be its own again: then under a new token.
    if (this.#assigned.has(key)) this.#try(this.#claim, 'claim')
    else this.#try(this.#join, 'join')
  }

  async #claimMissing(): Promise<void> {
    if (this.#left || this.#stopping !== undefined) return
    const missing = [...this.#assigned].flatMap(([key, source]) => (this.#owned.has(key) ? [] : [source]))
    if (missing.length === 0) return
    const { standing } = this.#membership
    const { requestTimeout } = this.#cluster.settings
    const claims = await this.#claimsOf(missing)
    const said = await commit(this.#coordinator, this.#connections, requestTimeout, standing, claims)
    this.#owes = 'nothing'
    for (const [at, claim] of claims.entries()) {
      if (said[at] === 'NONE') this.#read(claim, standing.generation)
      else {
        this.#owes = 'claim'
        this.#refused(said[at] ?? 'no answer')
      }
    }
  }

  /** Where each begins, and under which token: one above all that there were. */
  async #claimsOf(partitions: readonly TopicPartition[]): Promise<readonly Committed[]> {
    const { requestTimeout } = this.#cluster.settings
    const [found, ends] = await Promise.all([
      committedOf(this.#coordinator, this.#connections, requestTimeout, partitions),
      endsOf(this.#cluster, partitions),
    ])
    const before = new Map(found.map((one) => [partitionKey(one.topic, one.partition), one]))
    return ends.map(({ topic, partition, earliest }) => {
      const key = partitionKey(topic, partition)
      const last = before.get(key)
      const token = Math.max(last?.token ?? 0, this.#highest.get(key) ?? 0) + 1
      const afresh = last === undefined || this.#afresh.has(key)
      return { topic, partition, token, offset: afresh ? earliest : Math.max(last.offset, earliest) }
    })
  }

  #read(claim: Committed, generation: number): void {
    const key = partitionKey(claim.topic, claim.partition)
    this.#highest.set(key, claim.token)
    const current = this.#membership.standing.generation === generation && this.#assigned.has(key)
    if (this.#left || this.#stopping !== undefined || this.#owned.has(key)) return
    if (!current) {
      this.#owes = 'claim'
      return
    }
    this.#afresh.delete(key)
    const { topic, partition, token, offset } = claim
    const reader = new PartitionReader(
      { topic: this.#cluster.shown(topic), partition },
      token,
      offset,
      this.#readerSettings(key),
    )
    const feed = this.#fetcher.open(claim, offset, {
      came: (end) => reader.sawEnd(end),
      nothingBefore: (next) => reader.skipTo(next),
      lost: () => {
        this.#afresh.add(key)
        this.#winAnew(key, reader)
      },
    })
    this.#owned.set(key, { source: { topic, partition }, reader, feed })
    this.#written.set(reader, offset)
    reader.start()
  }

  #readerSettings(key: string): ReaderSettings {
    const { batch, maxInFlight, handler, group, logger } = this.#settings
    return {
      batch,
      maxInFlight,
      handler,
      read: async (_source, from, limit) => {
        const messages = this.#owned.get(key)?.feed.take(from, limit) ?? []
        this.#fetcher.pumpSoon()
        return messages
      },
      paused: () => this.#paused,
      acknowledged: () => this.#commitSoon(),
      failed: (source, error) =>
        logger.warn({ group, ...source, error }, 'messages come again after an error'),
      outdated: (reader) => {
        this.#highest.set(key, Math.max(reader.progress.highest ?? 0, reader.token))
        this.#winAnew(key, reader)
      },
    }
  }

  /** It is still its own, and goes on under a token above those that there were. */
  #winAnew(key: string, reader: PartitionReader): void {
    if (this.#left || this.#owned.get(key)?.reader !== reader) return
    this.#drop(key)
    if (this.#uncertain) this.#startAnew()
    else this.#try(this.#claim, 'claim')
  }

  /** As another member: a commit of this one that is still on its way is refused from then on. */
  #startAnew(): void {
    for (const key of this.#owned.keys()) this.#drop(key)
    this.#assigned = new Map()
    this.#membership.forget()
    this.#try(this.#join, 'join')
  }

  #drop(key: string): void {
    const owned = this.#owned.get(key)
    if (!owned) return
    this.#owned.delete(key)
    this.#written.delete(owned.reader)
    this.#fetcher.end(owned.feed)
    owned.reader.close()
  }

  #sources(): readonly TopicPartition[] {
    return [...this.#owned.values()].map(({ source }) => source)
  }

  /** Changes when an operator gives a topic more partitions. */
  #layout(): string {
    return this.#settings.topics.map((topic) => this.#cluster.known(topic)?.leaders.length).join()
  }

  #lose(why: string): void {
    if (this.#owned.size > 0) this.#warn(why, 'partitions are taken for lost')
    for (const key of this.#owned.keys()) this.#drop(key)
    this.#assigned = new Map()
  }

  /** Whoever cannot show that it lives must take its partitions for lost: another may have them. */
  #beatAt(began: number): void {
    if (this.#left || began < this.#lastBeat) return
    this.#lastBeat = began
    clearTimeout(this.#expiry)
    const left = began + this.#settings.sessionTimeout * LETS_GO_AT - performance.now()
    this.#expiry = setTimeout(() => this.#expire(), Math.max(0, left)).unref()
  }

  #expire(): void {
    if (this.#left) return
    this.#lose('no heart-beat within the session time-out')
    this.#startAnew()
  }

  #commitSoon(): void {
    this.#committing ??= setTimeout(
      () => this.#try(this.#commit, 'nothing'),
      this.#cluster.settings.commitInterval,
    )
  }

  async #commitOffsets(): Promise<void> {
    clearTimeout(this.#committing)
    this.#committing = undefined
    const news = [...this.#owned.values()].flatMap(({ source, reader }) => {
      const { token, offset } = reader.progress
      return offset > (this.#written.get(reader) ?? 0) ? [{ reader, ...source, token, offset }] : []
    })
    if (news.length === 0) return
    const milliseconds = this.#stopping === undefined ? this.#settings.sessionTimeout : LAST_WORD
    const { standing } = this.#membership
    this.#uncertain = true
    const said = await commit(this.#coordinator, this.#connections, milliseconds, standing, news)
    this.#uncertain = false
    for (const [at, { reader, offset }] of news.entries()) {
      if (said[at] !== 'NONE') this.#refused(said[at] ?? 'no answer')
      else if (this.#written.has(reader)) this.#written.set(reader, offset)
    }
  }

  /** A commit was not taken: the next heart-beat tells why. It is made again under what then stands. */
  #refused(error: ErrorName): void {
    if (this.#left) return
    this.#settings.logger.debug({ group: this.#settings.group, error }, 'a commit was refused')
    this.#commitSoon()
    clearTimeout(this.#beating)
    this.#beating = setTimeout(() => void this.#beat(), RESTLESS_BEAT)
  }

  /** What fails here is tried again with the next heart-beat. */
  #try(run: () => Promise<void>, owes: 'nothing' | 'claim' | 'join'): void {
    run().catch((error: unknown) => this.#owesAfter(error, owes))
  }

  #owesAfter(error: unknown, owes: 'nothing' | 'claim' | 'join'): void {
    if (this.#left) return
    if (error instanceof Refused && error.reason === 'FENCED_INSTANCE_ID') {
      this.#giveWay()
      return
    }
    if (owes !== 'nothing') this.#owes = owes
    this.#warn(error, 'the broker could not be reached')
  }

  /** To come back under the same name would take the place from that other one, and so on without an end. */
  #giveWay(): void {
    const { group, instanceId, logger } = this.#settings
    logger.error({ group, instanceId }, 'another process runs under this instanceId: this one reads no more')
    void this.#close()
  }

  #warn(error: unknown, message: string): void {
    this.#settings.logger.warn({ group: this.#settings.group, error }, message)
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof Refused) || error.reason !== 'INVALID_SESSION_TIMEOUT') return error
    const use =
      "what lies between the broker's group.min.session.timeout.ms (6000 by default) and group.max.session.timeout.ms"
    return new InvalidOption('sessionTimeout', this.#settings.sessionTimeout, use)
  }
}
