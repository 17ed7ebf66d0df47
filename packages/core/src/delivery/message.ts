import { hash } from 'node:crypto'
import type { Message, ReceivedMessage } from '../broker/index.ts'
import type { TraceContext } from '../event/index.ts'
import type { Ahead, InboxMessage, Tx } from '../store/index.ts'
import type { RetryOptions } from './backoff.ts'
import type { BreakerOptions } from './breaker.ts'
import type { Origin } from './epochs.ts'

/** Where a message's event stands in its stream, for the inbox. */
export interface StreamOrigin extends Origin {
  readonly stream: string
  readonly version: number
}

/** What a message turned out to be, from its envelope alone. */
export type Parsed<Value> =
  /** `read` gives what the handler gets; what it throws parks the message at once. */
  | {
      readonly kind: 'message'
      readonly tenant: string
      readonly origin?: StreamOrigin
      /** What the event itself says of its trace; the message's headers may know better. */
      readonly trace?: TraceContext | undefined
      readonly read: () => Value
    }
  /** Written by a newer release: waits, with the later ones of its key, until a process can read it. */
  | { readonly kind: 'newer'; readonly tenant: string; readonly what: string }
  /** Not for this consumer: passed over. */
  | { readonly kind: 'pass' }

/** A message as its handler gets it. */
export interface Delivered<Value> {
  readonly value: Value
  readonly message: ReceivedMessage
  readonly tenant: string
  /** From 1. */
  readonly attempt: number
  /** True when it comes from the dead letters. */
  readonly redriven: boolean
}

/**
 * How a message that comes twice is known: by its version in its stream (where the topic's key is the
 * stream; by id for messages that carry none), by id, or not at all (the handler is idempotent itself).
 */
export type Dedupe = 'stream' | 'id' | 'none'

/** What a consumer is made of. */
export interface ConsumerOptions<Value> {
  /** The consumer group, and the consumer's name in health and dead letters. */
  readonly group: string
  readonly topics: readonly string[]
  /** Throws where a message cannot be read: it is parked at once. */
  parse(message: ReceivedMessage): Parsed<Value>
  /** What order is kept by; default the message's key. */
  keyOf?(message: Message): string | null
  /** Default `'stream'`. */
  readonly dedupe?: Dedupe
  /** Milliseconds that ids are remembered; default 8 days, one more than a broker keeps messages. */
  readonly retention?: number
  /**
   * Runs in the unit of work that accepts the message: what it writes with `tx` commits with it or not at
   * all. It may run again, so it has no other effects. A throw is tried again with back-off;
   * `Unprocessable` parks at once, `NewerVersion` waits.
   */
  handle(delivered: Delivered<Value>, tx: Tx): Promise<void> | void
  /** What `handle` is about to read: that of all messages of a batch is asked for at once. */
  ahead?(value: Value, tx: Tx): Ahead
  /** Most messages of one partition in one unit of work; default 100. */
  readonly batch?: number
  /** Most messages of one partition that are taken and not acknowledged; default 1000. */
  readonly maxInFlight?: number
  readonly retry?: RetryOptions
  readonly breaker?: BreakerOptions
  /** Milliseconds after which a dead member's partitions are taken over; the broker's default. */
  readonly sessionTimeout?: number
  /** Milliseconds that a redrive's lease lasts on the real clock; default 10 000. */
  readonly leaseTime?: number
}

const EIGHT_DAYS = 8 * 24 * 60 * 60 * 1000

/** The inbox's name of a message, `undefined` where there is none. */
export function inboxMessage(
  message: ReceivedMessage,
  origin: StreamOrigin | undefined,
  options: { readonly dedupe?: Dedupe; readonly retention?: number },
  now: number,
): InboxMessage | undefined {
  const { dedupe = 'stream', retention = EIGHT_DAYS } = options
  if (dedupe === 'none') return undefined
  if (dedupe === 'stream' && origin) {
    const { epoch, stream, version } = origin
    return { topic: message.topic, epoch: plain(epoch), stream: plain(stream), version }
  }
  return { id: plain(message.id), expires: now + retention }
}

const LONGEST = 1_000

/** Other people's ids may be of any length and hold what no store keeps. */
function plain(id: string): string {
  const isPlain = id !== '' && id.length * 3 <= LONGEST && !id.includes('\0') && id.isWellFormed()
  return isPlain ? id : `sha256:${hash('sha256', id)}`
}
