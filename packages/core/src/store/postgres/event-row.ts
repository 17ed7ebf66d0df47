import type { StoredEvent } from '../stored.ts'

/** The columns of an event `e` and its stream `s`: those of a `StoredEvent`. */
export const EVENT: string =
  'e.position, e.version, e.id, e.type, e.schema_version AS "schemaVersion", e.recorded_at AS "recordedAt", e.data, e.metadata, s.tenant, s.name AS stream'

export type EventRow = StoredEvent
