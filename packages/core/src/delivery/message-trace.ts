import type { Message } from '../broker/index.ts'
import { MAX_MESSAGE_BYTES, messageBytes } from '../broker/index.ts'
import { type TraceContext, traceIn } from '../event/index.ts'

/** Any of these bytes may be a message's last: its own content comes before the trace. */
const ROOM = 2000

/** The trace context that a message's headers carry. */
export function traceOfMessage({ headers }: Pick<Message, 'headers'>): TraceContext | undefined {
  return traceIn(headers)
}

/** The message with this trace context in its headers, unless it brings one or has no room for it. */
export function withTrace(message: Message, trace: TraceContext | undefined): Message {
  if (trace === undefined || message.headers.traceparent !== undefined) return message
  const traced = { ...message, headers: { ...message.headers, ...trace } }
  // Four bytes a character at most: most messages are not measured.
  const isSmall = message.value.length < (MAX_MESSAGE_BYTES - ROOM) / 4
  return isSmall || messageBytes(traced) <= MAX_MESSAGE_BYTES ? traced : message
}

/** What the semantic conventions call the broker: `kafka`, `postgresql`, `sqlite`, `memory`. */
export function messagingSystem(brokerUrl: string): string {
  const [scheme = ''] = brokerUrl.split(':', 1)
  return scheme === 'postgres' ? 'postgresql' : scheme
}
