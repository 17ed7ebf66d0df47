import type { Delivery, MessageHandler, ReceivedMessage } from '../broker.ts'
import type { OffsetCommit, TopicPartition } from '../storage.ts'
import { Wake } from '../wake.ts'
import { InFlightWindow } from './window.ts'

export interface ReaderSettings {
  readonly batch: number
  readonly maxInFlight: number
  readonly handler: MessageHandler
  readonly read: (source: TopicPartition, from: number, limit: number) => Promise<readonly ReceivedMessage[]>
  readonly paused: () => boolean
  /** The lowest unacknowledged offset may have risen. */
  readonly acknowledged: () => void
  readonly failed: (source: TopicPartition, error: unknown) => void
  /** Its token is too low: the partition must be won anew. */
  readonly outdated: (reader: PartitionReader) => void
}

const FIRST_BACKOFF = 20
const LONGEST_BACKOFF = 1000

/**
 * Hands one partition's messages to the handler while this member owns it: in order, one call at a time,
 * and what a call threw at comes again before anything later does.
 */
export class PartitionReader {
  readonly source: TopicPartition
  readonly token: number
  readonly #settings: ReaderSettings
  readonly #window: InFlightWindow
  readonly #abort = new AbortController()
  readonly #wake = new Wake()
  /** Rung when something that a drain waits for is done. */
  readonly #settled = new Wake()
  #state: 'reading' | 'draining' | 'closed' = 'reading'
  #handling = false
  #letGo = false
  #highest = 0
  #again: readonly ReceivedMessage[] = []
  #failures = 0
  #end: number

  constructor(source: TopicPartition, token: number, committed: number, settings: ReaderSettings) {
    this.source = { topic: source.topic, partition: source.partition }
    this.token = token
    this.#settings = settings
    this.#window = new InFlightWindow(committed)
    this.#end = committed
  }

  /** What this reader has done, to be committed. */
  get progress(): OffsetCommit {
    const { token, source } = this
    return { ...source, token, offset: this.#window.committable, highest: this.#highest }
  }

  /** Acknowledged messages above the lowest that is not. */
  get acknowledgedAhead(): number {
    return this.#window.acknowledgedAhead
  }

  get draining(): boolean {
    return this.#state === 'draining'
  }

  start(): void {
    void this.#run()
  }

  wake(): void {
    this.#wake.ring()
  }

  /** The partition ends at this offset now: there may be something to read. */
  sawEnd(next: number): void {
    if (next <= this.#end) return
    this.#end = next
    this.#wake.ring()
  }

  /** There is nothing to hand over before this offset: what stands there is no message. */
  skipTo(offset: number): void {
    if (this.#state === 'closed') return
    this.#window.skip(offset)
    this.#settings.acknowledged()
  }

  /** Hands over nothing more, and resolves when what is in flight is acknowledged, has thrown, or is out of time. */
  async drain(milliseconds: number): Promise<void> {
    if (this.#state === 'reading') this.#state = 'draining'
    this.#abort.abort()
    this.#wake.ring()
    const until = performance.now() + milliseconds
    while (this.#busy()) {
      const left = until - performance.now()
      if (left <= 0) break
      await this.#settled.wait(left)
    }
  }

  /** Ends at once: from here on acknowledgements count for nothing. */
  close(): void {
    this.#state = 'closed'
    this.#abort.abort()
    this.#wake.ring()
    this.#settled.ring()
  }

  #busy(): boolean {
    if (this.#state === 'closed' || this.#letGo) return false
    const failed = this.#again.filter(({ offset }) => this.#window.holds(offset)).length
    return this.#handling || this.#window.size > failed
  }

  async #run(): Promise<void> {
    while (this.#state === 'reading') {
      const messages = await this.#take()
      if (this.#state !== 'reading') return
      if (messages.length === 0) await this.#wake.wait()
      else await this.#hand(messages)
    }
  }

  async #take(): Promise<readonly ReceivedMessage[]> {
    if (this.#settings.paused()) return []
    this.#again = this.#again.filter(({ offset }) => this.#window.holds(offset))
    if (this.#again.length > 0) return this.#again
    const room = Math.min(this.#settings.batch, this.#settings.maxInFlight - this.#window.size)
    if (room <= 0 || this.#window.next >= this.#end) return []
    try {
      return await this.#settings.read(this.source, this.#window.next, room)
    } catch (error) {
      await this.#backOff(error)
      // Nothing else may ring: the messages that could not be read are there already.
      this.#wake.ring()
      return []
    }
  }

  async #hand(messages: readonly ReceivedMessage[]): Promise<void> {
    for (const { offset } of messages) this.#window.handOver(offset)
    this.#again = []
    this.#handling = true
    try {
      await this.#settings.handler(messages, this.#delivery())
      this.#failures = 0
    } catch (error) {
      this.#again = messages
      this.#handling = false
      this.#settled.ring()
      await this.#backOff(error)
    } finally {
      this.#handling = false
      this.#settled.ring()
    }
  }

  #delivery(): Delivery {
    return {
      ...this.source,
      token: this.token,
      signal: this.#abort.signal,
      ack: (message) => this.#acknowledge(message.offset),
      letGo: () => {
        this.#letGo = true
        this.#settled.ring()
      },
      outdated: (highest) => {
        this.#highest = highest
        this.#settings.outdated(this)
      },
    }
  }

  #acknowledge(offset: number): void {
    if (this.#state === 'closed' || !this.#window.acknowledge(offset)) return
    this.#settings.acknowledged()
    this.#settled.ring()
    this.#wake.ring()
  }

  async #backOff(error: unknown): Promise<void> {
    if (this.#state !== 'reading') return
    this.#settings.failed(this.source, error)
    const wait = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** this.#failures)
    this.#failures += 1
    const until = performance.now() + wait
    while (this.#state === 'reading') {
      const left = until - performance.now()
      if (left <= 0) return
      await this.#wake.wait(left)
    }
  }
}
