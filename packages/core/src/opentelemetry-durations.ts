import type { Attributes, Histogram, Meter } from '@opentelemetry/api'
import type { SpanOptions } from './event/index.ts'

/** What durations are told apart by: few values each, no ids. */
const OF_DURATIONS = [
  'messaging.system',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.destination.name',
  'messaging.consumer.group.name',
  'eventwright.aggregate',
  'eventwright.command',
  'eventwright.outcome',
  'eventwright.saga',
  'eventwright.projection',
  'error.type',
]

/** The histograms that spans are recorded in, as seconds. */
export interface Durations {
  of(options: SpanOptions): Histogram | undefined
}

export function durationsOf(meter: Meter): Durations {
  const histogram = (name: string, description: string): Histogram =>
    meter.createHistogram(name, { unit: 's', description })
  const process = histogram('messaging.process.duration', 'Duration of processing a message.')
  const client = histogram(
    'messaging.client.operation.duration',
    'Duration of sending or receiving messages.',
  )
  const command = histogram(
    'eventwright.command.duration',
    'Duration of deciding a command and recording it.',
  )
  return {
    of({ kind, attributes }) {
      if (kind === 'consumer') return process
      if (kind === 'producer' || kind === 'client') return client
      return 'eventwright.command' in attributes ? command : undefined
    },
  }
}

/** What of a span's attributes a duration is told with. */
export function picked(attributes: Attributes): Attributes {
  return Object.fromEntries(
    OF_DURATIONS.flatMap((name) => (name in attributes ? [[name, attributes[name]]] : [])),
  )
}
