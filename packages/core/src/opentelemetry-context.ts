import { type Span as ApiSpan, createTraceState, type SpanContext, trace } from '@opentelemetry/api'
import type { TraceContext } from './event/index.ts'

/** @see https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Undefined for what is none. */
export function spanContextOf({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
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

/** Undefined where nothing is traced. */
export function contextOf(span: ApiSpan | undefined): TraceContext | undefined {
  const found = span?.spanContext()
  if (found === undefined || !trace.isSpanContextValid(found)) return undefined
  const { traceId, spanId, traceFlags, traceState } = found
  const traceparent = `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, '0')}`
  const tracestate = traceState?.serialize()
  return tracestate ? { traceparent, tracestate } : { traceparent }
}
