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
  /** What the messages weigh. */
  readonly bytes: number
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
    const lane = streamLane(event)
    return [
      {
        position,
        lane,
        key: event.stream,
        topic: '',
        messages: [],
        bytes: 0,
        event,
        broken: reasonOf(error),
      },
    ]
  }
  const items = routed.map(({ topic, message }) => itemOf(event, topic, message))
  return items.length > 1 ? together(items) : items
}

function itemOf(event: RecordedEvent, topic: string, message: Message): RelayItem {
  const { position } = event
  const lane = laneIn(topic, message.key, position)
  return { position, lane, key: message.key, topic, messages: [message], bytes: messageBytes(message), event }
}

/** One item a lane. */
function together(items: readonly RelayItem[]): readonly RelayItem[] {
  return [...Map.groupBy(items, ({ lane }) => lane).values()].flatMap((all) => {
    const [first] = all
    if (first === undefined) return []
    const messages = all.flatMap((item) => item.messages)
    return [{ ...first, messages, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) }]
  })
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
    if (messages + item.messages.length > limits.messages || bytes + item.bytes > limits.bytes) {
      sends.push([])
      messages = 0
      bytes = 0
    }
    sends.at(-1)?.push(item)
    messages += item.messages.length
    bytes += item.bytes
  }
  return sends
}

/** True where trying again cannot help. */
export function isHopeless(error: unknown): boolean {
  return error instanceof MessageTooLarge || error instanceof InvalidPayload
}
