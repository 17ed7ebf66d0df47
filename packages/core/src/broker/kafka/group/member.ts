import { setTimeout as sleep } from 'node:timers/promises'
import type { Subscription } from '../../broker.ts'
import type { PartitionReader } from '../../reader/partition-reader.ts'
import { serial } from '../../serial.ts'
import type { TopicPartition } from '../../storage.ts'
import type { MemberSettings } from '../../subscribing.ts'
import type { Cluster } from '../cluster.ts'
import { Connections } from '../connections.ts'
import { inTurn } from '../in-turn.ts'
import { type ErrorName, Refused } from '../protocol.ts'
import { Fetcher } from '../reading/fetcher.ts'
import { Claiming } from './claiming.ts'
import { Claims } from './claims.ts'
import { ClassicMembership } from './classic.ts'
import { Commits } from './commits.ts'
import { Coordinator } from './coordinator.ts'
import { Heart } from './heart.ts'
import { joinRefused } from './join-refused.ts'
import { lagOf } from './lag.ts'
import { LEAVE, LostMembership, type Membership } from './membership.ts'
import { OffsetWriter } from './offset-writer.ts'
import { type OwnedPartition, OwnedPartitions } from './owned.ts'
import { Reading } from './reading.ts'
import { ServerAssignedMembership } from './server-assigned.ts'

export interface KafkaMemberSettings extends MemberSettings {
  readonly instanceId: string | null
}

/** What the next heart-beat is to make good. */
type Owed = 'nothing' | 'claim' | 'join'

const DRAIN = 5000
const LAST_WORD = 3000
const PAUSE = 20

/** A member of a consumer group: owns some partitions, reads them, and shows the coordinator that it lives. */
export class KafkaMember implements Subscription {
  readonly #cluster: Cluster
  readonly #settings: KafkaMemberSettings
  readonly #coordinator: Coordinator
  readonly #connections: Connections
  readonly #membership: Membership
  readonly #fetcher: Fetcher
  readonly #owned: OwnedPartitions
  readonly #claiming: Claiming
  readonly #offsets: OffsetWriter
  readonly #heart: Heart
  readonly #join: () => Promise<void>
  readonly #claim: () => Promise<void>
  #layout = ''
  #paused = false
  #left = false
  #stopping: Promise<void> | undefined
  #owes: Owed = 'nothing'

  constructor(cluster: Cluster, settings: KafkaMemberSettings) {
    const { group, sessionTimeout, logger } = settings
    const { heartbeatInterval, commitInterval, groupProtocol, requestTimeout } = cluster.settings
    this.#cluster = cluster
    this.#settings = settings
    this.#coordinator = new Coordinator(cluster, group)
    this.#connections = new Connections(cluster.settings, Math.min(requestTimeout, sessionTimeout))
    const Protocol = groupProtocol === 'consumer' ? ServerAssignedMembership : ClassicMembership
    this.#membership = new Protocol(cluster, this.#coordinator, this.#connections, settings)
    const commits = new Commits(this.#coordinator, this.#connections, this.#membership)
    this.#fetcher = new Fetcher(cluster, logger)
    this.#owned = new OwnedPartitions(this.#fetcher)
    const claims = new Claims(cluster, this.#coordinator, this.#connections)
    const parts = { owned: this.#owned, fetcher: this.#fetcher, claims }
    const reading = new Reading(cluster, parts, settings, {
      paused: () => this.#paused,
      acknowledged: () => this.#offsets.soon(),
      lost: (key, reader) => this.#winAnew(key, reader),
    })
    const claimed = { membership: this.#membership, commits, claims, owned: this.#owned, reading }
    this.#claiming = new Claiming(claimed, {
      patience: requestTimeout,
      isOver: () => this.#left || this.#stopping !== undefined,
      settled: () => {
        this.#owes = 'nothing'
      },
      owed: () => {
        this.#owes = 'claim'
      },
      refused: (error) => this.#refused(error),
      uncertain: () => this.#startAnew(),
    })
    this.#offsets = new OffsetWriter(commits, this.#owned, {
      interval: commitInterval,
      patience: () => (this.#stopping === undefined ? sessionTimeout : LAST_WORD),
      refused: (error) => this.#refused(error),
      failed: (error) => this.#failed(error, 'nothing'),
    })
    this.#heart = new Heart({
      interval: heartbeatInterval,
      sessionTimeout,
      beat: () => this.#beat(),
      expired: () => {
        this.#lose('no heart-beat within the session time-out')
        this.#startAnew()
      },
    })
    // What is claimed while a member joins is not what it has told the group that it owns.
    const turn = inTurn()
    this.#join = serial(() => turn(() => this.#joinGroup()))
    this.#claim = serial(() => turn(() => this.#claiming.run()))
  }

  get group(): string {
    return this.#settings.group
  }

  get instanceId(): string | null {
    return this.#settings.instanceId
  }

  async start(): Promise<void> {
    try {
      await this.#join()
    } catch (error) {
      await this.#close()
      throw joinRefused(error, this.#cluster, this.#settings)
    }
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    for (const { reader } of this.#owned.all) reader.wake()
  }

  async lag(): Promise<number> {
    await this.#offsets.now()
    const { acknowledgedAhead } = this.#owned
    const { topics } = this.#settings
    return (await lagOf(this.#cluster, this.#coordinator, this.#connections, topics)) - acknowledgedAhead
  }

  stop(milliseconds: number = DRAIN): Promise<void> {
    this.#stopping ??= this.#stop(milliseconds)
    return this.#stopping
  }

  async #stop(milliseconds: number): Promise<void> {
    const owned = this.#owned.all
    await Promise.all(owned.map(({ reader }) => reader.drain(milliseconds)))
    const late = setTimeout(() => this.#coordinator.close(), LAST_WORD + LEAVE)
    await this.#write(owned)
    this.#left = true
    this.#heart.stop()
    this.#owned.dropAll()
    try {
      await this.#membership.leave()
    } catch (error) {
      this.#warn(error, 'the group was left without a word: it takes the partitions over later')
    }
    clearTimeout(late)
    await this.#close()
  }

  async #close(): Promise<void> {
    this.#left = true
    this.#heart.stop()
    this.#offsets.stop()
    this.#owned.dropAll()
    this.#coordinator.close()
    await Promise.all([this.#fetcher.close(), this.#membership.close(), this.#connections.close()])
  }

  async #beat(): Promise<void> {
    const began = performance.now()
    this.#lookForGone()
    try {
      const beat = await this.#membership.beat(() => this.#owned.sources)
      if (beat.kind === 'lost') this.#lose('it is no member of the group any more: its session ran out')
      else this.#heart.heard(began)
      if (beat.kind === 'member' && beat.assigned) this.#adopt(beat.assigned)
      if (beat.kind !== 'member' || this.#layoutNow() !== this.#layout) this.#owes = 'join'
    } catch (error) {
      this.#failed(error, this.#owes)
      return
    }
    if (this.#owes === 'join') this.#try(this.#join, 'join')
    else if (this.#owes === 'claim' || this.#claiming.missing.length > 0) this.#try(this.#claim, 'claim')
  }

  /** A topic that is gone may be made anew: who gave up its partitions hears of it by nothing else. */
  #lookForGone(): void {
    const gone = this.#settings.topics.filter((topic) => !this.#cluster.known(topic))
    if (gone.length > 0) void this.#cluster.refresh(gone).catch(() => {})
  }

  async #joinGroup(): Promise<void> {
    while (!this.#left) {
      try {
        const began = performance.now()
        // One that is stopping takes part until it has written what it did, and wants nothing more.
        const topics = this.#stopping === undefined ? this.#settings.topics : []
        const layout = this.#layoutNow()
        const assigned = await this.#membership.join(topics, () => this.#owned.sources)
        this.#owes = 'nothing'
        this.#layout = layout
        this.#heart.changed(began)
        this.#adopt(assigned)
        return await this.#claiming.run()
      } catch (error) {
        if (!(error instanceof LostMembership)) throw error
        this.#lose('it is no member of the group any more')
      }
    }
  }

  /** Brings what is read in line with what is assigned. */
  #adopt(assigned: readonly TopicPartition[]): void {
    for (const owned of this.#claiming.assign(assigned)) void this.#giveUp(owned)
  }

  async #giveUp(owned: OwnedPartition): Promise<void> {
    if (owned.reader.draining) return
    await owned.reader.drain(DRAIN)
    if (this.#stopping !== undefined) return
    await this.#write([owned])
    if (this.#stopping !== undefined || !this.#owned.holds(owned)) return
    this.#owned.drop(owned.key)
    // It may be its own again: then under a new token.
    if (this.#claiming.isAssigned(owned.key)) this.#try(this.#claim, 'claim')
    else this.#try(this.#join, 'join')
  }

  /** Commits how far these have come. While a group joins anew it takes no commits: then a little later. */
  async #write(partitions: readonly OwnedPartition[]): Promise<void> {
    const until = performance.now() + LAST_WORD
    const isOpen = (owned: OwnedPartition) =>
      this.#owned.holds(owned) && owned.reader.progress.offset > owned.written
    while (partitions.some(isOpen) && performance.now() < until) {
      await this.#offsets.now().catch((error: unknown) => this.#failed(error, 'nothing'))
      if (partitions.some(isOpen)) await sleep(PAUSE)
    }
  }

  /** It is still its own, and goes on under a token above those that there were. */
  #winAnew(key: string, reader: PartitionReader): void {
    if (this.#left || this.#owned.get(key)?.reader !== reader) return
    this.#owned.drop(key)
    this.#try(this.#claim, 'claim')
  }

  /** As another member: a commit of this one that is still on its way is refused from then on. */
  #startAnew(): void {
    this.#owned.dropAll()
    this.#claiming.assign([])
    this.#membership.forget()
    this.#try(this.#join, 'join')
  }

  #lose(why: string): void {
    if (this.#owned.all.length > 0) this.#warn(why, 'partitions are taken for lost')
    this.#owned.dropAll()
    this.#claiming.assign([])
  }

  /** Changes when an operator gives a topic more partitions. */
  #layoutNow(): string {
    return this.#settings.topics.map((topic) => this.#cluster.known(topic)?.leaders.length).join()
  }

  /** A commit was not taken: the next heart-beat tells why. It is made again under what then stands. */
  #refused(error: ErrorName): void {
    if (this.#left) return
    this.#settings.logger.debug({ group: this.#settings.group, err: error }, 'a commit was refused')
    this.#offsets.soon()
    this.#heart.soon()
  }

  #try(run: () => Promise<void>, owes: Owed): void {
    run().catch((error: unknown) => this.#failed(error, owes))
  }

  #failed(error: unknown, owes: Owed): void {
    if (this.#left) return
    if (owes !== 'nothing') this.#owes = owes
    if (error instanceof Refused && error.reason === 'FENCED_INSTANCE_ID') this.#giveWay()
    else this.#warn(error, 'the broker could not be reached')
  }

  /** To come back under the same name would take the place from that other one, and so on without an end. */
  #giveWay(): void {
    const { group, instanceId, logger } = this.#settings
    logger.error({ group, instanceId }, 'another process runs under this instanceId: this one reads no more')
    void this.#close()
  }

  #warn(error: unknown, message: string): void {
    this.#settings.logger.warn({ group: this.#settings.group, err: error }, message)
  }
}
