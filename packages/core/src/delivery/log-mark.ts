import type { Message, ReceivedMessage } from '../broker/index.ts'
import { CLOUD_EVENT_TYPE, type Envelope, type RecordedEvent } from '../event/index.ts'
import type { Route } from './relay-item.ts'
import { CONTENT_TYPE, readEnvelope } from './wire.ts'

/** Where a message that is not the event itself says which event of which log sent it; the first two are the envelope's own names. */
const EPOCH = 'logepoch'
const POSITION = 'globalposition'
const EVENT = 'logevent'

/** The event of a log that sent a message. */
export interface LogMark {
  readonly position: number
  /** Its id; `undefined` where the message does not say. */
  readonly event: string | undefined
}

/** The same route, whose messages say where in the log they come from, commands and outbox messages too. */
export function markedRoute(route: Route, epoch: string): Route {
  return (event) => {
    const routed = route(event)
    // Most are envelopes, which say so themselves.
    if (routed.every(({ message }) => isEnvelope(message))) return routed
    return routed.map(({ topic, message }) => ({ topic, message: marked(message, epoch, event) }))
  }
}

function marked(message: Message, epoch: string, { id, position }: RecordedEvent): Message {
  if (isEnvelope(message)) return message
  const mark = { [EPOCH]: epoch, [POSITION]: String(position), [EVENT]: id }
  return { ...message, headers: { ...message.headers, ...mark } }
}

/** What sent this message, in the log of this epoch; `undefined` for what comes from elsewhere. */
export function markIn(epoch: string, message: ReceivedMessage): LogMark | undefined {
  if (!isEnvelope(message)) {
    const { [EPOCH]: of, [POSITION]: position, [EVENT]: event } = message.headers
    return of === epoch && position !== undefined ? { position: Number(position), event } : undefined
  }
  // Most of what others publish is told apart without reading it.
  const envelope = message.value.includes(epoch) ? readable(message) : undefined
  if (envelope?.epoch !== epoch || envelope.event.position === undefined) return undefined
  return { position: envelope.event.position, event: envelope.event.id }
}

function isEnvelope({ headers }: Pick<Message, 'headers'>): boolean {
  return headers[CONTENT_TYPE] === CLOUD_EVENT_TYPE
}

function readable(message: ReceivedMessage): Envelope | undefined {
  try {
    return readEnvelope(message)
  } catch {
    return undefined
  }
}
