import type { Metadata, RecordedEvent } from '../../event/index.ts'
import { checkWhole } from './database/values.ts'

/**
 * The columns of a page, a row that holds many events: a row for each takes twice as long to read. Each is the text of
 * a JSON array, in the order of the rows of the subquery `e`; data and metadata are JSON already. Of no events they
 * are null. Texts, since a client of the user's would parse JSON.
 */
const EVENTS = `json_agg(e.position)::text AS positions, json_agg(e.id)::text AS ids, json_agg(e.type)::text AS types,
      json_agg(e.schema_version)::text AS "schemaVersions", json_agg(e.recorded_at)::text AS times,
      '[' || string_agg(e.data, ',') || ']' AS data, '[' || string_agg(e.metadata, ',') || ']' AS metadata`

/** Those of a page of one stream, whose versions have no gaps. */
export const OWN_IN_PAGE: string = `${EVENTS}, min(e.version) AS first`

/** Those of a page of the log, with the columns `tenant` and `name` of their streams. */
export const IN_PAGE: string = `${EVENTS}, json_agg(e.version)::text AS versions, json_agg(e.tenant)::text AS tenants,
      json_agg(e.name)::text AS streams`

interface Events {
  readonly positions: string | null
  readonly ids: string
  readonly types: string
  readonly schemaVersions: string
  readonly times: string
  readonly data: string
  readonly metadata: string
}

/** A row of `OWN_IN_PAGE`. */
export interface OwnPage extends Events {
  /** The version of the first event. */
  readonly first: number
}

/** A row of `IN_PAGE`. */
export interface Page extends Events {
  readonly versions: string
  readonly tenants: string
  readonly streams: string
}

/** Of which stream an event is, and where it stands in it. */
interface Place {
  readonly tenant: string
  readonly stream: string
  readonly version: number
}

export function eventsIn(page: Page): readonly RecordedEvent[] {
  if (page.positions === null) return []
  const versions: readonly number[] = JSON.parse(page.versions)
  const tenants: readonly string[] = JSON.parse(page.tenants)
  const streams: readonly string[] = JSON.parse(page.streams)
  return read(page.positions, page, (index) => ({
    tenant: tenants[index] ?? '',
    stream: streams[index] ?? '',
    version: versions[index] ?? 0,
  }))
}

/** Those of a page of one stream, in the order of their versions. */
export function ownEventsIn(page: OwnPage, tenant: string, stream: string): readonly RecordedEvent[] {
  if (page.positions === null) return []
  return read(page.positions, page, (index) => ({ tenant, stream, version: page.first + index }))
}

function read(positions: string, page: Events, placeOf: (index: number) => Place): readonly RecordedEvent[] {
  const ids: readonly string[] = JSON.parse(page.ids)
  const types: readonly string[] = JSON.parse(page.types)
  const schemaVersions: readonly number[] = JSON.parse(page.schemaVersions)
  const times: readonly number[] = JSON.parse(page.times)
  const data: readonly unknown[] = JSON.parse(page.data)
  const metadata: readonly Metadata[] = JSON.parse(page.metadata)
  return JSON.parse(positions).map((position: number, index: number): RecordedEvent => {
    const { tenant, stream, version } = placeOf(index)
    return {
      position: checkWhole(position),
      tenant,
      stream,
      version,
      id: ids[index] ?? '',
      type: types[index] ?? '',
      schemaVersion: schemaVersions[index] ?? 1,
      recordedAt: times[index] ?? 0,
      data: data[index],
      metadata: metadata[index] ?? {},
    }
  })
}
