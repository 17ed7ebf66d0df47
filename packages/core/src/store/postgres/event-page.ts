import type { Metadata, RecordedEvent } from '../../event/index.ts'
import { checkWhole } from './database/values.ts'

/**
 * The columns of a page, a row that holds many events: a row for each takes twice as long to read. Each is the text of
 * a JSON array, in the order of the rows of the subquery `e`; data and metadata are JSON already. Of no events they
 * are null. Texts, since a client of the user's would parse JSON.
 */
export const OWN_IN_PAGE: string = `json_agg(e.position)::text AS positions, json_agg(e.version)::text AS versions,
      json_agg(e.id)::text AS ids, json_agg(e.type)::text AS types, json_agg(e.schema_version)::text AS "schemaVersions",
      json_agg(e.recorded_at)::text AS times, '[' || string_agg(e.data, ',') || ']' AS data,
      '[' || string_agg(e.metadata, ',') || ']' AS metadata`

/** The same with the columns `tenant` and `name` of their streams. */
export const IN_PAGE: string = `${OWN_IN_PAGE}, json_agg(e.tenant)::text AS tenants, json_agg(e.name)::text AS streams`

/** A row of `OWN_IN_PAGE`. */
export interface OwnPage {
  readonly positions: string | null
  readonly versions: string
  readonly ids: string
  readonly types: string
  readonly schemaVersions: string
  readonly times: string
  readonly data: string
  readonly metadata: string
}

/** A row of `IN_PAGE`. */
export interface Page extends OwnPage {
  readonly tenants: string
  readonly streams: string
}

export function eventsIn(page: Page): readonly RecordedEvent[] {
  if (page.positions === null) return []
  const tenants: readonly string[] = JSON.parse(page.tenants)
  const streams: readonly string[] = JSON.parse(page.streams)
  return read(
    page.positions,
    page,
    (index) => tenants[index] ?? '',
    (index) => streams[index] ?? '',
  )
}

/** Those of a page of one stream. */
export function ownEventsIn(page: OwnPage, tenant: string, stream: string): readonly RecordedEvent[] {
  if (page.positions === null) return []
  return read(
    page.positions,
    page,
    () => tenant,
    () => stream,
  )
}

function read(
  positions: string,
  page: OwnPage,
  tenantOf: (index: number) => string,
  streamOf: (index: number) => string,
): readonly RecordedEvent[] {
  const versions: readonly number[] = JSON.parse(page.versions)
  const ids: readonly string[] = JSON.parse(page.ids)
  const types: readonly string[] = JSON.parse(page.types)
  const schemaVersions: readonly number[] = JSON.parse(page.schemaVersions)
  const times: readonly number[] = JSON.parse(page.times)
  const data: readonly unknown[] = JSON.parse(page.data)
  const metadata: readonly Metadata[] = JSON.parse(page.metadata)
  return JSON.parse(positions).map(
    (position: number, index: number): RecordedEvent => ({
      position: checkWhole(position),
      tenant: tenantOf(index),
      stream: streamOf(index),
      version: versions[index] ?? 0,
      id: ids[index] ?? '',
      type: types[index] ?? '',
      schemaVersion: schemaVersions[index] ?? 1,
      recordedAt: times[index] ?? 0,
      data: data[index],
      metadata: metadata[index] ?? {},
    }),
  )
}
