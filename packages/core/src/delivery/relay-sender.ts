import { quietOf } from './alone.ts'
import type { Runtime } from './component.ts'
import { reasonOf } from './errors.ts'
import { isHopeless, type RelayItem, sendsOf } from './relay-item.ts'
import type { RelayLanes } from './relay-lanes.ts'
import type { RelaySettings } from './relay-options.ts'
import type { RelayParking } from './relay-parking.ts'
import type { RoutedEvent } from './relay-reader.ts'
import { publishTraced } from './send-spans.ts'

/** The lease may have run out: nothing more is published. */
export class LeaseLost extends Error {}

export interface RelaySender {
  /** Publishes what these events send; when it resolves, each item is published, waits or is parked. */
  publish(events: readonly RoutedEvent[]): Promise<void>
  /** Tries the keys again whose time has come. */
  retry(): Promise<void>
  send(topic: string, items: readonly RelayItem[]): Promise<void>
}

interface SenderParts {
  readonly lanes: RelayLanes
  readonly parking: RelayParking
  readonly holds: () => boolean
  /** What a key waits for; said in `health()`. */
  readonly troubled: (error: unknown) => void
  readonly published: (messages: number) => void
  readonly failed: () => void
  readonly parked: () => void
}

export function relaySender(
  runtime: Runtime,
  { batch, maxBytes }: RelaySettings,
  parts: SenderParts,
): RelaySender {
  const { lanes, parking, holds } = parts
  const limits = { messages: batch, bytes: maxBytes }
  const quiet = quietOf(runtime.store)

  async function send(topic: string, items: readonly RelayItem[]): Promise<void> {
    await quiet.beside(async () => {
      if (!holds()) throw new LeaseLost()
      await publishTraced(runtime, topic, items)
    })
    for (const { messages } of items) parts.published(messages.length)
  }

  async function publish(events: readonly RoutedEvent[]): Promise<void> {
    let topics = new Map<string, RelayItem[]>()
    for (const { event, items } of events) {
      const free = parking.isAny() ? await parking.free(event, items) : items
      for (const item of free) {
        if (item.broken) {
          // What its stream sent before goes out before it counts as parked.
          await publishAll(topics)
          topics = new Map()
          await park(item, item.broken)
        } else addTo(topics, item)
      }
    }
    await publishAll(topics)
  }

  /** Topics at once, since order is kept within one: a broker may commit what comes together in one go. */
  async function publishAll(topics: ReadonlyMap<string, readonly RelayItem[]>): Promise<void> {
    const ends = await Promise.allSettled([...topics].map(([topic, items]) => publishTopic(topic, items)))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  async function publishTopic(topic: string, items: readonly RelayItem[]): Promise<void> {
    for (const chunk of sendsOf(items, limits)) await publishChunk(topic, chunk)
  }

  async function publishChunk(topic: string, chunk: readonly RelayItem[]): Promise<void> {
    const free = await freeOf(chunk)
    if (free.length === 0) return
    try {
      await send(topic, free)
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      runtime.logger.warn({ topic, err: error }, 'a send failed and is tried key by key')
      for (const items of byLane(free)) await publishLane(items)
    }
  }

  /** A key that waits or was parked since holds back its later ones. */
  async function freeOf(chunk: readonly RelayItem[]): Promise<readonly RelayItem[]> {
    const free: RelayItem[] = []
    for (const item of chunk) {
      if (lanes.behind(item)) continue
      if (!parking.isAny()) free.push(item)
      else free.push(...(await parking.free(item.event, [item])))
    }
    return free
  }

  async function publishLane(items: readonly RelayItem[]): Promise<void> {
    for (const [index, item] of items.entries()) {
      const [free] = await freeOf([item])
      if (!free) continue
      if (!(await sent(free))) return lanes.failed(items.slice(index))
    }
  }

  /** False when it must be tried again. */
  async function sent(item: RelayItem): Promise<boolean> {
    try {
      await send(item.topic, [item])
    } catch (error) {
      if (error instanceof LeaseLost) throw error
      if (!isHopeless(error)) {
        parts.failed()
        parts.troubled(error)
        return false
      }
      await park(item, reasonOf(error))
    }
    return true
  }

  async function park(item: RelayItem, reason: ReturnType<typeof reasonOf>): Promise<void> {
    runtime.logger.error({ position: item.position, topic: item.topic, reason }, 'the relay parked an event')
    await parking.park(item, reason)
    parts.parked()
  }

  async function retry(): Promise<void> {
    for (const { lane, items } of lanes.due()) {
      for (let item = items[0]; item; item = items[0]) {
        const [free] = await parking.free(item.event, [item])
        if (free && !(await sent(free))) {
          lanes.failed(items)
          break
        }
        lanes.done(lane, 1)
      }
    }
  }

  return { publish, retry, send }
}

function addTo(topics: Map<string, RelayItem[]>, item: RelayItem): void {
  const items = topics.get(item.topic)
  if (items) items.push(item)
  else topics.set(item.topic, [item])
}

function byLane(items: readonly RelayItem[]): readonly (readonly RelayItem[])[] {
  return [...Map.groupBy(items, ({ lane }) => lane).values()]
}
