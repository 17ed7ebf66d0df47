import { type Message, MessageTooLarge, messageBytes } from '../broker/index.ts'
import { InvalidPayload, type RecordedEvent } from '../event/index.ts'
import { type Reason, reasonOf } from './errors.ts'
import { laneOf, part } from './lane.ts'

/** Where a message of the log goes. */
export interface Routed {
  readonly topic: string
  readonly message: Message
}

/** Says what is published for an event of the log: nothing, or messages to topics. Pure; it may be asked again. */
export type Route = (event: RecordedEvent) => readonly Routed[]

/** What one event sends to one topic under one key: what is published, waits or is parked as one. */
export interface RelayItem {
  readonly position: number
  /** Topic and key: what order is kept in. */
  readonly lane: string
  readonly key: string | null
  readonly topic: string
  readonly messages: readonly Message[]
  readonly event: RecordedEvent
  /** Set when the route threw: nothing can be published. */
  readonly broken?: Reason
}

/** An event as the relay handles it. A route that throws gives one broken item in the lane of its stream. */
export function itemsOf(event: RecordedEvent, route: Route): readonly RelayItem[] {
  const { position } = event
  let routed: readonly Routed[]
  try {
    routed = route(event)
  } catch (error) {
    const broken = reasonOf(error)
    return [{ position, lane: streamLane(event), key: event.stream, topic: '', messages: [], event, broken }]
  }
  const items = new Map<string, RelayItem>()
  for (const { topic, message } of routed) {
    const lane = laneIn(topic, message.key, position)
    const before = items.get(lane)?.messages ?? []
    items.set(lane, { position, lane, key: message.key, topic, messages: [...before, message], event })
  }
  return [...items.values()]
}

/** The lane of events whose route threw: later events of the stream wait behind them. */
export function streamLane(event: RecordedEvent): string {
  return `~${part(event.tenant)}~${part(event.stream)}`
}

function laneIn(topic: string, key: string | null, position: number): string {
  return key === null ? laneOf(null, topic, position) : `${part(topic)}~${laneOf(key, topic, position)}`
}

export interface SendLimits {
  readonly messages: number
  readonly bytes: number
}

/** Cuts what goes to one topic into sends that keep both limits; what is over the limit by itself goes alone. */
export function sendsOf(items: readonly RelayItem[], limits: SendLimits): readonly (readonly RelayItem[])[] {
  const sends: RelayItem[][] = []
  let messages = Number.POSITIVE_INFINITY
  let bytes = 0
  for (const item of items) {
    const size = item.messages.reduce((sum, message) => sum + messageBytes(message), 0)
    if (messages + item.messages.length > limits.messages || bytes + size > limits.bytes) {
      sends.push([])
      messages = 0
      bytes = 0
    }
    sends.at(-1)?.push(item)
    messages += item.messages.length
    bytes += size
  }
  return sends
}

/** True where trying again cannot help. */
export function isHopeless(error: unknown): boolean {
  return error instanceof MessageTooLarge || error instanceof InvalidPayload
}
