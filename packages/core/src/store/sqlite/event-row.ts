import type { StoredEvent } from '../stored.ts'
import { ID, readId } from './id.ts'

/** A row of `OWN`. Rows of events are arrays: one of objects takes twice as long to read. */
export type OwnRow = readonly [
  position: number,
  version: number,
  id: string,
  type: string,
  schemaVersion: number,
  recordedAt: number,
  data: string,
  metadata: string,
]

/** The columns of an event `e` whose stream is known. */
export const OWN: string = `e.position, e.version, ${ID}, e.type, e.schema_version, e.recorded_at, e.data, e.metadata`

/** A row of `EVENT`. */
export type EventRow = readonly [...OwnRow, tenant: string, stream: string]

/** The columns of an event `e` and its stream `s`. */
export const EVENT: string = `${OWN}, s.tenant, s.name`

export function eventOf(row: EventRow): StoredEvent {
  return eventIn(row[8], row[9], row)
}

export function eventIn(tenant: string, stream: string, row: OwnRow | EventRow): StoredEvent {
  return {
    position: row[0],
    tenant,
    stream,
    version: row[1],
    id: readId(row[2]),
    type: row[3],
    schemaVersion: row[4],
    recordedAt: row[5],
    data: row[6],
    metadata: row[7],
  }
}
