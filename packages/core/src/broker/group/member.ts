import { randomUUID } from 'node:crypto'
import type { Subscription } from '../broker.ts'
import { PartitionReader, type ReaderSettings } from '../reader/partition-reader.ts'
import { serial } from '../serial.ts'
import type { BrokerStorage, OffsetCommit, PartitionEnd, StorageChange } from '../storage.ts'
import type { MemberSettings } from '../subscribing.ts'
import { partitionKey } from './assignment.ts'
import { groupLag } from './lag.ts'
import { leave, type Turn, takeTurn } from './turn.ts'

const DRAIN_MILLISECONDS = 5000
/** Acknowledgements that come within this time are committed together. */
const COMMIT_MILLISECONDS = 5
/** Of the session time-out: a member lets go a little before others may take. */
const LETS_GO_AT = 0.9
/** Heart-beats after an acknowledgement, or an error, that commit anew. */
const BEATS_IN_DOUBT = 2

/** A member of a group: owns some partitions, reads them, and shows the others that it lives. */
export class Member implements Subscription {
  readonly #id = randomUUID()
  readonly #storage: BrokerStorage
  readonly #settings: MemberSettings
  readonly #readers = new Map<string, PartitionReader>()
  readonly #drained: PartitionReader[] = []
  readonly #readerSettings: ReaderSettings
  readonly #turn: () => Promise<void>
  readonly #look: () => Promise<void>
  readonly #commit: () => Promise<void>
  #paused = false
  #left = false
  #generation = -1
  #lastBeat = 0
  #unlisten: (() => void) | undefined
  #beat: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #committing: NodeJS.Timeout | undefined
  #committed = new Map<PartitionReader, number>()
  /**
   * Commits need not outlive a crash of the storage, so what was committed before one may be gone; where nothing more
   * comes to its partition, nobody would commit it again.
   */
  #inDoubt = 0
  #stopping: Promise<void> | undefined
  /** Something failed that the next heart-beat makes good. */
  #owesTurn = false

  constructor(storage: BrokerStorage, settings: MemberSettings) {
    this.#storage = storage
    this.#settings = settings
    this.#turn = serial(() => this.#takeTurn())
    this.#look = serial(() => this.#lookAround())
    this.#commit = serial(() => this.#commitOffsets())
    this.#readerSettings = {
      batch: settings.batch,
      maxInFlight: settings.maxInFlight,
      handler: settings.handler,
      read: (source, from, limit) => storage.read(source, from, limit),
      paused: () => this.#paused,
      acknowledged: () => this.#commitSoon(),
      failed: (source, error) =>
        settings.logger.warn(
          { group: settings.group, ...source, err: error },
          'messages come again after an error',
        ),
      outdated: (reader) => this.#winAnew(reader),
    }
  }

  async start(): Promise<void> {
    this.#unlisten = this.#storage.onChange((change) => this.#onChange(change))
    await this.#turn()
    // Keeps the process alive: one that only listens must not end by itself.
    this.#beat = setInterval(() => this.#try(() => this.#showLife()), this.#settings.sessionTimeout / 3)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    for (const reader of this.#readers.values()) reader.wake()
  }

  async lag(): Promise<number> {
    await this.#commit()
    let ahead = 0
    for (const reader of this.#readers.values()) ahead += reader.acknowledgedAhead
    return (await groupLag(this.#storage, this.#settings.group, this.#settings.topics)) - ahead
  }

  stop(milliseconds: number = DRAIN_MILLISECONDS): Promise<void> {
    this.#stopping ??= this.#stop(milliseconds)
    return this.#stopping
  }

  async #stop(milliseconds: number): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.drain(milliseconds)))
    this.#left = true
    clearInterval(this.#beat)
    clearTimeout(this.#expiry)
    clearTimeout(this.#committing)
    this.#unlisten?.()
    // A turn or a commit that is under way would write after the leave.
    await Promise.allSettled([this.#turn(), this.#commit()])
    const readers = [...this.#readers.values()]
    const done = readers.map(({ progress }) => progress)
    for (const reader of readers) reader.close()
    this.#readers.clear()
    const { group, topics } = this.#settings
    await this.#storage.updateGroup(group, topics, (state) => leave(state, this.#id, done))
  }

  async #showLife(): Promise<void> {
    const began = performance.now()
    const { group, sessionTimeout } = this.#settings
    if (!this.#owesTurn && (await this.#storage.beat(group, this.#id, sessionTimeout))) this.#beatAt(began)
    else await this.#turn()
    if (this.#inDoubt > 0) {
      this.#inDoubt--
      this.#committed.clear()
    }
    await this.#commit()
  }

  async #takeTurn(): Promise<void> {
    if (this.#left) return
    const began = performance.now()
    const drained = [...this.#drained]
    const { group, topics, sessionTimeout } = this.#settings
    let turn: Turn | undefined
    const generation = await this.#storage.updateGroup(group, topics, (state) => {
      turn = takeTurn(state, {
        member: this.#id,
        // One that is stopping wants nothing more.
        topics: this.#stopping ? [] : topics,
        sessionTimeout,
        drained: drained.map(({ progress }) => progress),
      })
      return turn.change
    })
    this.#generation = generation
    if (this.#owesTurn) this.#settings.logger.info({ group }, 'the broker is reached again')
    this.#owesTurn = false
    this.#beatAt(began)
    for (const reader of drained) this.#drop(reader)
    if (turn) this.#adopt(turn)
    await this.#lookForMessages()
  }

  /** Brings the readers in line with what the member owns. */
  #adopt(turn: Turn): void {
    const owned = new Map(turn.owned.map((own) => [partitionKey(own.topic, own.partition), own]))
    for (const [key, reader] of this.#readers) {
      if (owned.get(key)?.token !== reader.token) this.#drop(reader)
    }
    for (const [key, own] of owned) {
      const reader = this.#readers.get(key)
      if (turn.revoked.has(key)) {
        if (reader) void this.#giveUp(reader)
        else if (this.#stopping === undefined)
          this.#handBack(own.topic, own.partition, own.token, own.committed)
        continue
      }
      // One that was given back meanwhile is won anew by the turn that follows: no token is run twice.
      if (reader || this.#stopping !== undefined || this.#drained.some((one) => keyOf(one) === key)) continue
      const started = new PartitionReader(own, own.token, own.committed, this.#readerSettings)
      this.#readers.set(key, started)
      started.start()
    }
  }

  async #giveUp(reader: PartitionReader): Promise<void> {
    if (reader.draining) return
    await reader.drain(DRAIN_MILLISECONDS)
    if (this.#stopping !== undefined || this.#readers.get(keyOf(reader)) !== reader) return
    this.#drained.push(reader)
    this.#try(this.#turn)
  }

  /** A partition that is its own but that it never read, since the turn that claimed it ended in an error. */
  #handBack(topic: string, partition: number, token: number, committed: number): void {
    this.#drained.push(new PartitionReader({ topic, partition }, token, committed, this.#readerSettings))
    this.#try(this.#turn)
  }

  #drop(reader: PartitionReader): void {
    reader.close()
    const at = this.#drained.indexOf(reader)
    if (at >= 0) this.#drained.splice(at, 1)
    this.#committed.delete(reader)
    if (this.#readers.get(keyOf(reader)) === reader) this.#readers.delete(keyOf(reader))
  }

  /** Whoever cannot show that it lives must take its partitions for lost: another may have them. */
  #beatAt(began: number): void {
    if (this.#left || began < this.#lastBeat) return
    this.#lastBeat = began
    clearTimeout(this.#expiry)
    const left = this.#lastBeat + this.#settings.sessionTimeout * LETS_GO_AT - performance.now()
    this.#expiry = setTimeout(() => this.#takeForLost(), Math.max(0, left)).unref()
  }

  #winAnew(reader: PartitionReader): void {
    if (this.#left || this.#readers.get(keyOf(reader)) !== reader) return
    this.#giveBack(reader)
    this.#try(this.#turn)
  }

  /** If it is still its own it is won again under another token: who ran it under this one has ended. */
  #giveBack(reader: PartitionReader): void {
    this.#drop(reader)
    this.#drained.push(reader)
  }

  #takeForLost(): void {
    for (const reader of [...this.#readers.values()]) this.#giveBack(reader)
    this.#settings.logger.warn(
      { group: this.#settings.group },
      'no heart-beat within the session time-out: partitions are taken for lost',
    )
    this.#try(this.#turn)
  }

  #onChange(change: StorageChange): void {
    const { group, topics } = this.#settings
    if (change.group !== undefined && change.group !== group) return
    if (change.topics && !change.topics.some((topic) => topics.includes(topic))) return
    if (change.ends) this.#sawEnds(change.ends)
    else this.#try(this.#look)
  }

  async #lookAround(): Promise<void> {
    if (this.#left) return
    if ((await this.#storage.generation(this.#settings.group)) !== this.#generation) await this.#turn()
    else await this.#lookForMessages()
  }

  async #lookForMessages(): Promise<void> {
    this.#sawEnds(await this.#storage.ends(this.#settings.topics))
  }

  #sawEnds(ends: readonly PartitionEnd[]): void {
    for (const { topic, partition, next } of ends) {
      this.#readers.get(partitionKey(topic, partition))?.sawEnd(next)
    }
  }

  #commitSoon(): void {
    this.#inDoubt = BEATS_IN_DOUBT
    this.#committing ??= setTimeout(() => this.#try(this.#commit), COMMIT_MILLISECONDS)
  }

  async #commitOffsets(): Promise<void> {
    clearTimeout(this.#committing)
    this.#committing = undefined
    const news = new Map<PartitionReader, OffsetCommit>()
    for (const reader of this.#readers.values()) {
      const { progress } = reader
      if (progress.offset > (this.#committed.get(reader) ?? 0)) news.set(reader, progress)
    }
    if (news.size === 0) return
    const { group } = this.#settings
    const refused = await this.#storage.commit(group, this.#id, [...news.values()])
    for (const [reader, commit] of news) {
      if (refused.includes(commit)) this.#drop(reader)
      else this.#committed.set(reader, commit.offset)
    }
    if (refused.length > 0) this.#try(this.#turn)
  }

  /** What fails here is tried again with the next heart-beat. */
  #try(run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      if (this.#left) return
      this.#owesTurn = true
      this.#inDoubt = BEATS_IN_DOUBT
      this.#settings.logger.warn(
        { group: this.#settings.group, err: error },
        'the broker could not be reached',
      )
    })
  }
}

function keyOf(reader: PartitionReader): string {
  return partitionKey(reader.source.topic, reader.source.partition)
}
