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

/** One stream a topic and key, so that their messages keep their order. */
export function outboxStream(topic: string, key: string | null): string {
  return key === null ? `outbox:${topic}` : `outbox:${topic}/${encodeURIComponent(key)}`
}
