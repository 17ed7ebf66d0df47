import type { RecordParts } from '../record.ts'

/** One `publish`, until all its messages stand. */
export interface Call {
  open: number
  failed: boolean
  /** On `performance.now()`. */
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface Outgoing {
  readonly id: string
  readonly record: RecordParts
  /** At least what the record takes. */
  readonly bytes: number
  readonly call: Call
}

/** Who Kafka takes the writer for: what was written twice under one identity and number stands once. */
export interface Identity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** Of Kafka's default `max.message.bytes`, 1,048,588, which counts for a whole batch. */
const BATCH_BYTES = 1_000_000
const BATCH_MESSAGES = 10_000
const SEQUENCES = 2 ** 31
const FIRST_BACKOFF = 50
const LONGEST_BACKOFF = 1000

/** What waits to be written to one partition, in the order of the calls. */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** What is being sent, the same messages at each attempt: only so does Kafka know them again. */
  batch: readonly Outgoing[] = []
  inFlight = false
  identity: Identity | undefined
  /** Of the batch, on `performance.now()`. */
  notBefore = 0
  /** Attempts at the batch that failed, and why the last one did. */
  failures = 0
  trouble = ''
  #sequence = 0
  #waiting: Outgoing[] = []

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get isEmpty(): boolean {
    return this.batch.length === 0 && this.#waiting.length === 0
  }

  /** At least the bytes that the batch's records take. */
  get batchSize(): number {
    return this.batch.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** The number of the batch's first message under the identity. */
  get sequence(): number {
    return this.#sequence
  }

  push(outgoing: Outgoing): void {
    this.#waiting.push(outgoing)
  }

  /** The next batch, if there is none under way. What belongs to a call that has failed is not sent any more. */
  fill(): void {
    if (this.batch.length > 0) return
    let bytes = 0
    let count = 0
    const taken: Outgoing[] = []
    for (const outgoing of this.#waiting) {
      const fits = bytes + outgoing.bytes <= BATCH_BYTES && taken.length < BATCH_MESSAGES
      if (taken.length > 0 && !fits) break
      count += 1
      if (outgoing.call.failed) continue
      bytes += outgoing.bytes
      taken.push(outgoing)
    }
    this.#waiting.splice(0, count)
    this.#begin(taken)
  }

  /** The batch stands. */
  done(): void {
    this.#sequence = (this.#sequence + this.batch.length) % SEQUENCES
    for (const { call } of this.batch) {
      call.open -= 1
      if (call.open === 0 && !call.failed) call.resolve()
    }
    this.#begin([])
  }

  /** The batch is sent once more, a little later. */
  again(trouble: string): void {
    this.notBefore = performance.now() + Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** this.failures)
    this.failures += 1
    this.trouble = trouble
  }

  /** Gives up the calls of the batch for which this holds. The others are sent in batches to come. */
  fail(error: unknown, meant: (outgoing: Outgoing) => boolean = () => true): void {
    for (const outgoing of this.batch.filter(meant)) {
      const { call } = outgoing
      if (!call.failed) call.reject(error)
      call.failed = true
    }
    this.#waiting = [...this.batch, ...this.#waiting].filter(({ call }) => !call.failed)
    this.#begin([])
  }

  /** The batch is too large as it is, and was not written: its halves are sent one after the other. */
  halve(): void {
    const middle = Math.ceil(this.batch.length / 2)
    this.#waiting = [...this.batch.slice(middle), ...this.#waiting]
    this.#begin(this.batch.slice(0, middle))
  }

  /** What was sent last under this identity may stand or not: its numbers must not be used for anything else. */
  forgetIdentity(): void {
    this.identity = undefined
    this.#sequence = 0
  }

  #begin(batch: readonly Outgoing[]): void {
    this.batch = batch
    this.failures = 0
    this.notBefore = 0
  }
}
