/** Where a trace stands, as W3C Trace Context says it: what metadata and headers carry. */
export interface TraceContext {
  readonly traceparent: string
  readonly tracestate?: string
}

export type SpanAttributes = { readonly [name: string]: string | number | boolean }

export interface SpanOptions {
  readonly name: string
  readonly kind: 'internal' | 'producer' | 'consumer' | 'client'
  /** Names, ids and counts; never payloads. */
  readonly attributes: SpanAttributes
  /** What it continues. Default what runs now; `'none'` begins a trace. */
  readonly parent?: TraceContext | 'none'
  readonly links?: readonly TraceContext[]
}

export interface Span {
  /** What is handed on to what this leads to; absent where nothing is traced. */
  readonly context: TraceContext | undefined
  set(attributes: SpanAttributes): void
}

/** What is counted or gauged of an app. */
export interface Figure {
  /** With dots, without its unit: `eventwright.in_flight`. */
  readonly name: string
  /** `counter`: since the app was opened. */
  readonly kind: 'gauge' | 'counter'
  /** Seconds; absent for counts of things. */
  readonly unit?: 's'
  readonly help: string
}

/** A figure as it stands now. */
export interface Reading {
  readonly figure: Figure
  readonly labels: { readonly [name: string]: string }
  readonly value: number
}

/**
 * What core tells of its work as it happens. `openTelemetry()` of `@eventwright/core/opentelemetry` is one; the
 * default does nothing.
 */
export interface Telemetry {
  /** False: nothing is told, and nobody goes to the trouble of saying it. */
  readonly enabled: boolean
  /** Where the trace of the running code stands. */
  current(): TraceContext | undefined
  /** Runs `work` inside a span. What it throws is thrown on; of it only the code is kept. */
  span<Result>(options: SpanOptions, work: (span: Span) => Promise<Result>): Promise<Result>
  /** A span that is over at once. */
  mark(options: SpanOptions): TraceContext | undefined
  /** `read` is asked whenever figures are collected, until the returned function is called. It may reject. */
  watch(figures: readonly Figure[], read: () => Promise<readonly Reading[]>): () => void
}

const NO_SPAN: Span = { context: undefined, set() {} }

/** Measures nothing: the default. */
export const silentTelemetry: Telemetry = {
  enabled: false,
  current: () => undefined,
  span: (_, work) => work(NO_SPAN),
  mark: () => undefined,
  watch: () => () => {},
}

/** Runs `work` in a span, whose options are made only where somebody looks. */
export function inSpan<Result>(
  telemetry: Telemetry | undefined,
  options: () => SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return telemetry?.enabled ? telemetry.span(options(), work) : work(NO_SPAN)
}

/** The trace context that metadata, headers or a timer's data carry. */
export function traceIn(carrier: unknown): TraceContext | undefined {
  if (typeof carrier !== 'object' || carrier === null || !('traceparent' in carrier)) return undefined
  const { traceparent, tracestate }: { traceparent: unknown; tracestate?: unknown } = carrier
  if (typeof traceparent !== 'string') return undefined
  return typeof tracestate === 'string' && tracestate !== '' ? { traceparent, tracestate } : { traceparent }
}
