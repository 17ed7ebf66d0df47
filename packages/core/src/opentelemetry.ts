import {
  type Span as ApiSpan,
  type Attributes,
  type Context,
  context,
  type MeterProvider,
  metrics,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import type { Span, SpanOptions, Telemetry } from './event/index.ts'
import { contextOf, spanContextOf } from './opentelemetry-context.ts'
import { type Durations, durationsOf, picked } from './opentelemetry-durations.ts'
import { watch } from './opentelemetry-figures.ts'

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

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
