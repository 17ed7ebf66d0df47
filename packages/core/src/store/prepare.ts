import type { Catalog } from '../catalog/index.ts'
import {
  type Ids,
  isTechnical,
  type NewEvent,
  newId,
  type RecordedEvent,
  type TraceContext,
  textOf,
} from '../event/index.ts'
import { checkId } from './names.ts'
import type { PreparedEvent } from './unit.ts'
import { checkWhole } from './whole.ts'

/** Events as code writes them, made ready for the log. */
export type Prepare = (
  tenant: string,
  stream: string,
  events: readonly NewEvent[],
) => readonly PreparedEvent[]

/**
 * Checks by the catalog (Eventwright's own events are its own) and by form, and writes the JSON text at
 * once: what the caller changes in the payload later does not reach the log.
 */
export function preparer(
  catalog: Catalog | undefined,
  ids: Ids | undefined,
  trace: (() => TraceContext | undefined) | undefined,
): Prepare {
  const give = ids ?? newId
  const prepareOne = (tenant: string, stream: string, given: NewEvent): PreparedEvent => {
    const event = trace === undefined ? given : traced(given, trace())
    const checked = catalog === undefined || isTechnical(event.type) ? event : catalog.prepare(event)
    const text = textOf(checked, stream, tenant)
    const correlation = checked.metadata?.correlationId
    if (correlation) checkId(correlation, `${checked.type}: its correlation id`)
    if (checked.schemaVersion !== undefined)
      checkWhole(checked.schemaVersion, `the schemaVersion of ${checked.type}`, 1)
    return {
      id: event.id ?? give(),
      // Ids that a test gives may come again in its next run.
      fresh: event.id === undefined && give === newId,
      type: checked.type,
      schemaVersion: checked.schemaVersion ?? 1,
      data: checked.data,
      metadata: checked.metadata ?? {},
      text,
    }
  }
  return (tenant, stream, events) => events.map((event) => prepareOne(tenant, stream, event))
}

/** Who brings a trace of its own keeps it. */
function traced(event: NewEvent, trace: TraceContext | undefined): NewEvent {
  if (trace === undefined || event.metadata?.traceparent !== undefined) return event
  return { ...event, metadata: { ...event.metadata, ...trace } }
}

/** Brings a payload to the newest schema version. */
export function upcaster(catalog: Catalog | undefined): (event: RecordedEvent) => RecordedEvent {
  if (catalog === undefined) return (event) => event
  return (event) => (isTechnical(event.type) ? event : catalog.upcast(event))
}
