import {
  type Span as ApiSpan,
  type Attributes,
  type BatchObservableResult,
  type Context,
  context,
  createTraceState,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type Observable,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import type { Figure, Reading, Span, SpanOptions, Telemetry, TraceContext } from './event/index.ts'

/** Where spans and figures go. */
export interface OpenTelemetryOptions {
  /** Default the one that your SDK registered. */
  readonly tracerProvider?: TracerProvider
  /** Default the one that your SDK registered. */
  readonly meterProvider?: MeterProvider
}

const NAME = '@eventwright/core'

const KINDS = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const

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

/**
 * Traces and metrics of an app by way of `@opentelemetry/api`: `eventwright({ …, telemetry: openTelemetry() })`. The
 * SDK, its exporters and its sampling are yours; without one nothing is measured. A trace goes on from the command
 * through the log, the broker, consumers, sagas and projections, as W3C Trace Context in metadata and headers. Names
 * and ids are told, payloads and error messages never.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  const tracer = (options.tracerProvider ?? trace).getTracer(NAME)
  const meter = (options.meterProvider ?? metrics).getMeter(NAME)
  const durations = durationsOf(meter)
  return {
    enabled: true,
    current: () => contextOf(trace.getSpan(context.active())),
    span: (given, work) => run(tracer, durations, given, work),
    mark(given) {
      const span = start(tracer, given, parentOf(given))
      span.end()
      return contextOf(span)
    },
    watch: (figures, read) => watch(meter, figures, read),
  }
}

async function run<Result>(
  tracer: Tracer,
  durations: Durations,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const parent = parentOf(options)
  const span = start(tracer, options, parent)
  const attributes: Attributes = { ...options.attributes }
  const began = performance.now()
  const told: Span = {
    context: contextOf(span),
    set(more) {
      Object.assign(attributes, more)
      span.setAttributes(more)
    },
  }
  try {
    return await context.with(trace.setSpan(parent, span), () => work(told))
  } catch (error) {
    told.set({ 'error.type': codeOf(error) })
    // No message: it may quote a payload.
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
    durations.of(options)?.record((performance.now() - began) / 1000, picked(attributes))
  }
}

function start(
  tracer: Tracer,
  { name, kind, attributes, links = [] }: SpanOptions,
  parent: Context,
): ApiSpan {
  const linked = links.flatMap((link) => spanContextOf(link) ?? []).map((linkedTo) => ({ context: linkedTo }))
  return tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes }, links: linked }, parent)
}

function parentOf({ parent }: SpanOptions): Context {
  if (parent === undefined) return context.active()
  // Baggage and whatever else is active stays.
  const without = trace.deleteSpan(context.active())
  const remote = parent === 'none' ? undefined : spanContextOf(parent)
  return remote ? trace.setSpanContext(without, remote) : without
}

/** @see https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

function spanContextOf({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const found: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  }
  return trace.isSpanContextValid(found) ? found : undefined
}

function contextOf(span: ApiSpan | undefined): TraceContext | undefined {
  const found = span?.spanContext()
  if (found === undefined || !trace.isSpanContextValid(found)) return undefined
  const { traceId, spanId, traceFlags, traceState } = found
  const traceparent = `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`
  const tracestate = traceState?.serialize()
  return tracestate ? { traceparent, tracestate } : { traceparent }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

interface Durations {
  of(options: SpanOptions): Histogram | undefined
}

function durationsOf(meter: Meter): Durations {
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

function picked(attributes: Attributes): Attributes {
  return Object.fromEntries(
    OF_DURATIONS.flatMap((name) => (name in attributes ? [[name, attributes[name]]] : [])),
  )
}

function watch(
  meter: Meter,
  figures: readonly Figure[],
  read: () => Promise<readonly Reading[]>,
): () => void {
  const instruments = new Map(figures.map((figure) => [figure, instrumentOf(meter, figure)]))
  async function observe(result: BatchObservableResult): Promise<void> {
    // An app that has ended since has no figures.
    const readings = await read().catch(() => [])
    for (const { figure, value, labels } of readings) {
      const instrument = instruments.get(figure)
      if (instrument) result.observe(instrument, value, attributesOf(labels))
    }
  }
  const all = [...instruments.values()]
  meter.addBatchObservableCallback(observe, all)
  return () => meter.removeBatchObservableCallback(observe, all)
}

function instrumentOf(meter: Meter, { name, kind, help, unit }: Figure): Observable {
  const options = { description: help, ...(unit === undefined ? {} : { unit }) }
  return kind === 'gauge'
    ? meter.createObservableGauge(name, options)
    : meter.createObservableCounter(name, options)
}

function attributesOf(labels: Reading['labels']): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`eventwright.${name}`, value]))
}
