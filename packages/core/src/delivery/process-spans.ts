import type { ReceivedMessage } from '../broker/index.ts'
import { inSpan, type SpanAttributes, type SpanOptions, type TraceContext } from '../event/index.ts'
import type { Runtime } from './component.ts'
import type { Entry } from './entry.ts'
import type { Parsed } from './message.ts'
import { messagingSystem, traceOfMessage } from './message-trace.ts'

/** A message that is about to be handled. */
export interface Handled {
  readonly message: ReceivedMessage
  readonly parsed: Parsed<unknown> | { readonly kind: 'broken' }
  readonly redriven?: boolean
}

/** The spans of a consumer: each message is handled in one that continues the trace of whoever sent it. */
export interface ProcessSpans {
  /** `process TOPIC`: one message, as far as its unit of work goes. */
  message<Result>(handled: Handled, work: () => Promise<Result>): Promise<Result>
  /** `receive TOPIC`: messages that share a unit of work, linked to where each was sent. */
  batch<Result>(entries: readonly Entry<unknown>[], work: () => Promise<Result>): Promise<Result>
}

export function processSpans({ broker, telemetry }: Runtime, group: string): ProcessSpans {
  const system = messagingSystem(broker.url)

  function attributesOf(operation: 'process' | 'receive', message: ReceivedMessage): SpanAttributes {
    return {
      'messaging.system': system,
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.destination.name': message.topic,
      'messaging.destination.partition.id': String(message.partition),
      'messaging.consumer.group.name': group,
    }
  }

  function messageOptions(handled: Handled): SpanOptions {
    const { message, redriven } = handled
    return {
      name: `process ${message.topic}`,
      kind: 'consumer',
      parent: traceOf(handled) ?? 'none',
      attributes: {
        ...attributesOf('process', message),
        'messaging.message.id': message.id,
        ...(system === 'kafka' ? { 'messaging.kafka.offset': message.offset } : {}),
        ...(redriven ? { 'eventwright.redriven': true } : {}),
      },
    }
  }

  function batchOptions(entries: readonly Entry<unknown>[], first: Entry<unknown>): SpanOptions {
    return {
      name: `receive ${first.message.topic}`,
      kind: 'client',
      parent: 'none',
      links: entries.flatMap((entry) => traceOf(entry) ?? []),
      attributes: {
        ...attributesOf('receive', first.message),
        'messaging.batch.message_count': entries.length,
      },
    }
  }

  return {
    message: (handled, work) => inSpan(telemetry, () => messageOptions(handled), work),
    batch(entries, work) {
      const [first] = entries
      return first ? inSpan(telemetry, () => batchOptions(entries, first), work) : work()
    },
  }
}

/** What the headers say is nearer than what the event says: the send, not the append. */
function traceOf({ message, parsed }: Handled): TraceContext | undefined {
  return traceOfMessage(message) ?? (parsed.kind === 'message' ? parsed.trace : undefined)
}
