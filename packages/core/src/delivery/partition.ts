import type { Delivery, ReceivedMessage } from '../broker/index.ts'
import { FencedOut, StoreClosed } from '../store/index.ts'
import { type Attempt, type Attempts, attemptsOf, partitionName } from './attempts.ts'
import { type BatchRunner, batchRunner } from './batch.ts'
import { type Bell, bell } from './bell.ts'
import { type Entry, entryOf } from './entry.ts'
import { SourceEpochChanged } from './epochs.ts'
import { HeldLanes } from './held.ts'
import type { PartitionHost } from './host.ts'
import { nextBatch } from './next-batch.ts'

const DEFAULT_BATCH = 100
const FIRST_STALL = 50
const LONGEST_STALL = 5000

/** One partition while this member owns it: what was handed over, until it is acknowledged. */
export class Partition<Value> {
  readonly token: number
  /** Of its fence and its record. */
  readonly #name: string
  readonly #host: PartitionHost<Value>
  readonly #attempts: Attempts
  readonly #held: HeldLanes<Value>
  readonly #runner: BatchRunner<Value>
  readonly #bell: Bell = bell()
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers()
  readonly #inFlight = new Set<number>()
  #known: ReadonlyMap<number, Attempt> | undefined
  #delivery: Delivery
  #incoming: ReceivedMessage[] = []
  #queue: Entry<Value>[] = []
  #batch: readonly Entry<Value>[] = []
  #closing = false
  #stalls = 0

  constructor(host: PartitionHost<Value>, delivery: Delivery) {
    const { topic, partition, token, signal } = delivery
    this.token = token
    this.#host = host
    this.#delivery = delivery
    const name = partitionName(host.options.group, topic, partition)
    this.#name = name
    this.#attempts = attemptsOf(host.runtime.store, { name, token })
    this.#held = new HeldLanes(host.runtime.clock, (entries) => {
      this.#queue.unshift(...entries)
      this.#bell.ring()
    })
    this.#runner = batchRunner({
      host,
      held: this.#held,
      attempts: this.#attempts,
      fence: { name, token },
      isClosing: () => this.#closing,
      done: (entries) => this.#done(entries),
      putBack: (entries) => this.#queue.unshift(...entries),
      log: (error, text, entry) => this.#log(error, text, entry),
    })
    signal.addEventListener('abort', () => void this.interrupt(), { once: true })
  }

  /** Resolves when nothing of it runs any more. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  take(messages: readonly ReceivedMessage[], delivery: Delivery): void {
    this.#delivery = delivery
    for (const message of messages) {
      if (this.#closing || this.#inFlight.has(message.offset)) continue
      this.#inFlight.add(message.offset)
      this.#incoming.push(message)
    }
    this.#bell.ring()
  }

  start(predecessor: Promise<void> | undefined): void {
    void this.#run(predecessor)
  }

  wake(): void {
    this.#bell.ring()
  }

  /** Takes nothing more; what runs now ends. */
  close(): void {
    this.#closing = true
    this.#bell.ring()
  }

  /** The partition is lost, or there is no more time: what runs now is no suspect. */
  async interrupt(): Promise<void> {
    this.close()
    if (this.#batch.length === 0) return
    await this.#attempts.interrupted().catch((error: unknown) => this.#host.troubled(error))
  }

  /** Messages that were taken and are not acknowledged. */
  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Something of it is being handled, or recorded. */
  get isRunning(): boolean {
    return this.#batch.length > 0
  }

  /** Messages that wait for a time that is not due. */
  waiting(): number {
    return this.#held.waiting()
  }

  newer(): number {
    return this.#held.newer()
  }

  nextDue(): number | undefined {
    return this.#held.nextDue()
  }

  async #run(predecessor: Promise<void> | undefined): Promise<void> {
    await predecessor
    while (!this.#closing) {
      try {
        if (!(await this.#step())) await this.#bell.wait()
        this.#stalls = 0
      } catch (error) {
        await this.#stopped(error)
      }
    }
    this.#held.clear()
    this.#delivery.letGo()
    this.#ended.resolve()
  }

  /** Does what can be done now; false when there is nothing. */
  async #step(): Promise<boolean> {
    if (!this.#known) {
      const first = this.#incoming[0]
      if (!first) return false
      this.#known = await this.#attempts.takeOver(first.offset)
    }
    this.#admit(this.#known)
    const { breaker } = this.#host
    const state = breaker.state()
    if (state === 'open' || (state === 'trial' && !breaker.claim())) return false
    const most = state === 'trial' ? 1 : (this.#host.options.batch ?? DEFAULT_BATCH)
    this.#batch = nextBatch(this.#queue, most, (entry) => this.#setAside(entry))
    try {
      if (this.#batch.length === 0) return false
      await this.#runner.process(this.#batch)
      this.#host.troubled(undefined)
      return true
    } catch (error) {
      this.#putBack(this.#batch)
      throw error
    } finally {
      this.#batch = []
      if (state === 'trial') breaker.unclaim()
      if (state === 'trial' || breaker.state() !== 'closed') this.#host.judged()
    }
  }

  #putBack(batch: readonly Entry<Value>[]): void {
    const open = batch.filter(
      (entry) =>
        this.#inFlight.has(entry.message.offset) && !this.#held.holds(entry) && !this.#queue.includes(entry),
    )
    this.#queue.unshift(...open)
  }

  #admit(known: ReadonlyMap<number, Attempt>): void {
    for (const message of this.#incoming) {
      const entry = entryOf(message, this.#host.options, known.get(message.offset))
      // Another owner may have been told to wait.
      if (entry.attempt && entry.attempt.due > this.#host.runtime.clock.now() && !this.#held.has(entry.lane))
        this.#held.hold(entry, entry.attempt.due)
      else this.#queue.push(entry)
    }
    this.#incoming = []
  }

  #setAside(entry: Entry<Value>): boolean {
    if (this.#held.has(entry.lane)) this.#held.behind(entry)
    else if (entry.parsed.kind === 'newer') this.#held.hold(entry, undefined)
    else if (entry.parsed.kind === 'pass') this.#done([entry])
    else return false
    return true
  }

  #done(entries: readonly Entry<Value>[]): void {
    for (const { message } of entries) {
      this.#delivery.ack(message)
      this.#inFlight.delete(message.offset)
    }
  }

  /** What is left of the batch goes back to its place; then the partition is given up, or tried again later. */
  async #stopped(error: unknown): Promise<void> {
    if (error instanceof StoreClosed) return this.close()
    if (error instanceof FencedOut) {
      this.close()
      if (error.fence === this.#name) this.#delivery.outdated(error.highest)
      return
    }
    if (error instanceof SourceEpochChanged) {
      this.close()
      return this.#host.fault(error)
    }
    this.#host.troubled(error)
    this.#log(error, 'a partition is tried again after an error')
    const stall = Math.min(LONGEST_STALL, FIRST_STALL * 2 ** this.#stalls++)
    await this.#bell.wait(stall)
  }

  #log(error: unknown, text: string, entry?: Entry<Value>): void {
    const { group } = this.#host.options
    const { topic, partition } = this.#delivery
    const offset = entry?.message.offset
    this.#host.runtime.logger.warn({ group, topic, partition, offset, err: error }, text)
  }
}
