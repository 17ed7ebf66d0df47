import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Broker,
  Delivery,
  Message,
  ReceivedMessage,
  SubscribeOptions,
  Subscription,
} from '../../broker/index.ts'

/** A message with an id that says what it is. */
export function message(id: string, key: string | null = null, value = '{}'): Message {
  return { id, key, headers: {}, value }
}

/** `count` messages with the ids `PREFIX-0`, `PREFIX-1`, … */
export function messages(prefix: string, count: number, key: string | null = null): Message[] {
  return Array.from({ length: count }, (_, at) => message(`${prefix}-${at}`, key))
}

/** Waits until it holds; fails with what `check` says after a minute, which only a hang takes. */
export async function eventually(check: () => void | Promise<void>, milliseconds = 60_000): Promise<void> {
  const until = performance.now() + milliseconds
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > until) throw error
    }
    await sleep(5)
  }
}

/** Everything that came, whoever handled it. */
export interface Seen {
  readonly member: string
  readonly message: ReceivedMessage
  readonly delivery: Delivery
}

export interface Observer {
  readonly subscription: Subscription
  readonly seen: Seen[]
  ids(): string[]
}

export interface ObserveOptions extends Partial<SubscribeOptions> {
  readonly topics: readonly string[]
  readonly member?: string
  /** Where to write down what came; default a list of its own. */
  readonly seen?: Seen[]
  /** Default: acknowledges at once. */
  readonly handle?: (message: ReceivedMessage, delivery: Delivery) => Promise<void> | void
}

/** Subscribes and writes down what comes. */
export async function observe(broker: Broker, options: ObserveOptions): Promise<Observer> {
  const {
    member = 'a',
    seen = [],
    handle = (received, delivery) => delivery.ack(received),
    ...rest
  } = options
  const subscription = await broker.subscribe({ group: 'g', ...rest }, async (batch, delivery) => {
    for (const received of batch) {
      seen.push({ member, message: received, delivery })
      await handle(received, delivery)
    }
  })
  return { subscription, seen, ids: () => seen.map((one) => one.message.id) }
}

/** Subscribes without acknowledging anything. */
export function hold(broker: Broker, options: ObserveOptions): Promise<Observer> {
  return observe(broker, { ...options, handle: () => {} })
}

/** Each where it came last. */
export function acknowledge(seen: readonly Seen[], ...ids: string[]): void {
  for (const id of ids) {
    const found = seen.findLast((one) => one.message.id === id)
    assert.ok(found, `${id} came`)
    found.delivery.ack(found.message)
  }
}

/** Fails when first deliveries of a key did not come in the order of their offsets. */
export function assertKeyOrder(seen: readonly Seen[]): void {
  const last = new Map<string, number>()
  const known = new Set<string>()
  for (const { message: received } of seen) {
    const place = `${received.topic}/${received.partition}/${received.offset}`
    if (known.has(place)) continue
    known.add(place)
    if (received.key === null) continue
    const key = `${received.topic}/${received.key}`
    assert.ok(received.offset > (last.get(key) ?? -1), `${key} came in order, at offset ${received.offset}`)
    last.set(key, received.offset)
  }
}

export async function settled(milliseconds: number): Promise<void> {
  await sleep(milliseconds)
}
