import type { Message, ReceivedMessage } from '../broker/index.ts'
import { CLOUD_EVENT_TYPE, type Envelope } from '../event/index.ts'
import type { Route } from './relay-item.ts'
import { CONTENT_TYPE, readEnvelope } from './wire.ts'

/** Where a message that is no envelope says which event of which log sent it; the envelope's own names. */
const EPOCH = 'logepoch'
const POSITION = 'globalposition'

/** The same route, whose messages say where in the log they come from, commands and outbox messages too. */
export function markedRoute(route: Route, epoch: string): Route {
  return (event) =>
    route(event).map(({ topic, message }) => ({ topic, message: marked(message, epoch, event.position) }))
}

function marked(message: Message, epoch: string, position: number): Message {
  if (isEnvelope(message)) return message
  return { ...message, headers: { ...message.headers, [EPOCH]: epoch, [POSITION]: String(position) } }
}

/** The position of the event that sent this message, in the log of this epoch; `undefined` for what comes from elsewhere. */
export function positionIn(epoch: string, message: ReceivedMessage): number | undefined {
  if (!isEnvelope(message)) {
    const { [EPOCH]: of, [POSITION]: position } = message.headers
    return of === epoch && position !== undefined ? Number(position) : undefined
  }
  const envelope = readable(message)
  return envelope?.epoch === epoch ? envelope.event.position : undefined
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
