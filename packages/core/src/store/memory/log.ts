import type { Metadata } from '../../event/index.ts'
import type { EngineLogQuery, EngineLogSlice } from '../engine.ts'
import { recorded, type StoredEvent } from '../stored.ts'

/** Positions of the memory log have no gaps: an event's index is its position less one. */
export function logSlice(log: readonly StoredEvent[], query: EngineLogQuery): EngineLogSlice {
  const isAskedFor = matcher(query)
  const { after, limit, backward } = query
  const before = Math.min(query.before, log.length + 1)
  const events: StoredEvent[] = []
  let examined = backward ? before : after
  const step = backward ? -1 : 1
  for (
    let position = examined + (backward ? -1 : 1);
    position > after && position < before && events.length < limit;
    position += step
  ) {
    const event = log[position - 1]
    if (event !== undefined && isAskedFor(event)) events.push(event)
    examined = position
  }
  return { events: events.map(recorded), examined }
}

function matcher(query: EngineLogQuery): (event: StoredEvent) => boolean {
  const { stream, tenant, id, correlationId, commandId, since = -Infinity, until = Infinity } = query
  const types = query.types === undefined ? undefined : new Set(query.types)
  return (event) =>
    (types === undefined || types.has(event.type)) &&
    (tenant === undefined || event.tenant === tenant) &&
    (stream === undefined || event.stream === stream) &&
    (id === undefined || event.id === id) &&
    event.recordedAt >= since &&
    event.recordedAt <= until &&
    (correlationId === undefined || correlationOf(event) === correlationId) &&
    (commandId === undefined || metadataOf(event).commandId === commandId)
}

function metadataOf(event: StoredEvent): Metadata {
  return JSON.parse(event.metadata)
}

/** Who begins a conversation may carry no correlation id: its own id is the one that the others carry. */
function correlationOf(event: StoredEvent): unknown {
  return metadataOf(event).correlationId ?? event.id
}
