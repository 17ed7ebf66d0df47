import type { Message } from '../broker/index.ts'
import type { SpanAttributes, SpanOptions, Telemetry, TraceContext } from '../event/index.ts'
import { silentTelemetry, traceIn } from '../event/index.ts'
import type { Runtime } from './component.ts'
import { messagingSystem, traceOfMessage, withTrace } from './message-trace.ts'
import type { RelayItem } from './relay-item.ts'

/** A message with the trace of the event that it was made of. */
interface Outgoing {
  readonly message: Message
  readonly from: TraceContext | undefined
}

type Publish = (messages: readonly Message[]) => Promise<void>

/**
 * Publishes inside spans of the messaging conventions: one message as a `send` that continues the event's trace; of a
 * batch each as a `create` that does, under one `send` that links to them. The headers carry it to the consumer.
 */
export async function publishTraced(
  { broker, telemetry = silentTelemetry }: Pick<Runtime, 'broker' | 'telemetry'>,
  topic: string,
  items: readonly RelayItem[],
): Promise<void> {
  const publish: Publish = (messages) => broker.publish(topic, messages)
  if (!telemetry.enabled) return publish(items.flatMap(({ messages }) => messages))
  const outgoing = items.flatMap(({ messages, event }) =>
    messages.map((message) => ({ message, from: traceOfMessage(message) ?? traceIn(event.metadata) })),
  )
  const system = messagingSystem(broker.url)
  const [only] = outgoing
  if (only && outgoing.length === 1) return sendOne(telemetry, { topic, system }, only, publish)
  return sendBatch(telemetry, { topic, system }, outgoing, publish)
}

interface Destination {
  readonly topic: string
  readonly system: string
}

function sendOne(
  telemetry: Telemetry,
  destination: Destination,
  { message, from }: Outgoing,
  publish: Publish,
): Promise<void> {
  const attributes = { ...attributesOf('send', destination), 'messaging.message.id': message.id }
  const options: SpanOptions = {
    name: `send ${destination.topic}`,
    kind: 'producer',
    parent: from ?? 'none',
    attributes,
  }
  return telemetry.span(options, ({ context }) => publish([withTrace(message, context)]))
}

function sendBatch(
  telemetry: Telemetry,
  destination: Destination,
  outgoing: readonly Outgoing[],
  publish: Publish,
): Promise<void> {
  const created = outgoing.map(({ message, from }) => create(telemetry, destination, message, from))
  const options: SpanOptions = {
    name: `send ${destination.topic}`,
    kind: 'client',
    parent: 'none',
    links: created.flatMap(({ trace }) => trace ?? []),
    attributes: {
      ...attributesOf('send', destination),
      'messaging.batch.message_count': outgoing.length,
    },
  }
  return telemetry.span(options, () =>
    publish(created.map(({ message, trace }) => withTrace(message, trace))),
  )
}

/** Of an event that belongs to no trace there is none to continue. */
function create(
  telemetry: Telemetry,
  destination: Destination,
  message: Message,
  from: TraceContext | undefined,
): { readonly message: Message; readonly trace: TraceContext | undefined } {
  if (from === undefined) return { message, trace: undefined }
  const attributes = { ...attributesOf('create', destination), 'messaging.message.id': message.id }
  const name = `create ${destination.topic}`
  return { message, trace: telemetry.mark({ name, kind: 'producer', parent: from, attributes }) }
}

function attributesOf(operation: 'send' | 'create', { topic, system }: Destination): SpanAttributes {
  return {
    'messaging.system': system,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': topic,
  }
}
