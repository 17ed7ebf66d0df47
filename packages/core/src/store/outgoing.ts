import { hash } from 'node:crypto'

/** Records a message of `tx.outbox.add` in the log, from which the relay publishes it. */
export const OUTGOING = 'eventwright.Outgoing'

/** The payload of `eventwright.Outgoing`. */
export interface Outgoing {
  readonly topic: string
  /** The message's own id; without one the relay gives the event's. */
  readonly id?: string
  readonly key: string | null
  readonly headers: { readonly [name: string]: string }
  readonly value: string
}

/** A key may be longer than a stream's name. */
const LONGEST_KEY = 500

/** One stream a topic and key, so that their messages keep their order. */
export function outboxStream(topic: string, key: string | null): string {
  return key === null ? `outbox:${topic}` : `outbox:${topic}/${keyPart(key)}`
}

/** `:` tells a hash from a key: an encoded one has none. */
function keyPart(key: string): string {
  const encoded = encodeURIComponent(key.toWellFormed())
  return encoded.length <= LONGEST_KEY ? encoded : `sha256:${hash('sha256', key)}`
}
