import { randomUUID } from 'node:crypto'
import type { Subscription } from '../broker.ts'
import { PartitionReader, type ReaderSettings } from '../reader/partition-reader.ts'
import { serial } from '../serial.ts'
import type { BrokerStorage, PartitionEnd, StorageChange } from '../storage.ts'
import type { MemberSettings } from '../subscribing.ts'
import { partitionKey } from './assignment.ts'
import { groupLag } from './lag.ts'
import { MemberOffsets } from './offsets.ts'
import { Session } from './session.ts'
import { leave, type Turn, takeTurn } from './turn.ts'

const DRAIN_MILLISECONDS = 5000

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
  readonly #offsets: MemberOffsets<PartitionReader>
  readonly #session: Session
  #paused = false
  #left = false
  #generation = -1
  #unlisten: (() => void) | undefined
  #beat: NodeJS.Timeout | undefined
  #stopping: Promise<void> | undefined
  /** Something failed that the next heart-beat makes good. */
  #owesTurn = false

  constructor(storage: BrokerStorage, settings: MemberSettings) {
    this.#storage = storage
    this.#settings = settings
    this.#turn = serial(() => this.#takeTurn())
    this.#look = serial(() => this.#lookAround())
    this.#offsets = new MemberOffsets({
      readers: () => this.#readers.values(),
      write: (offsets) => storage.commit(settings.group, this.#id, offsets),
      refused: (readers) => {
        for (const reader of readers) this.#drop(reader)
        this.#try(this.#turn)
      },
      failed: (error) => this.#failed(error),
    })
    this.#session = new Session(settings.sessionTimeout, () => this.#takeForLost())
    this.#readerSettings = {
      batch: settings.batch,
      maxInFlight: settings.maxInFlight,
      handler: settings.handler,
      read: (source, from, limit) => storage.read(source, from, limit),
      paused: () => this.#paused,
      acknowledged: () => this.#offsets.soon(),
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
    await this.#offsets.now()
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
    this.#session.end()
    this.#offsets.stop()
    this.#unlisten?.()
    // A turn or a commit that is under way would write after the leave.
    await Promise.allSettled([this.#turn(), this.#offsets.now()])
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
    if (!this.#owesTurn && (await this.#storage.beat(group, this.#id, sessionTimeout)))
      this.#session.shown(began)
    else await this.#turn()
    await this.#offsets.beat()
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
    this.#session.shown(began)
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
    this.#offsets.forget(reader)
    if (this.#readers.get(keyOf(reader)) === reader) this.#readers.delete(keyOf(reader))
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

  /** What fails here is tried again with the next heart-beat. */
  #try(run: () => Promise<void>): void {
    run().catch((error: unknown) => this.#failed(error))
  }

  #failed(error: unknown): void {
    if (this.#left) return
    this.#owesTurn = true
    this.#offsets.doubt()
    this.#settings.logger.warn({ group: this.#settings.group, err: error }, 'the broker could not be reached')
  }
}

function keyOf(reader: PartitionReader): string {
  return partitionKey(reader.source.topic, reader.source.partition)
}
