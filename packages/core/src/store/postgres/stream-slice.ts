import type { RecordedEvent } from '../../event/index.ts'
import type { EngineStreamSlice, StreamRange } from '../engine.ts'
import { OWN_IN_PAGE, type OwnPage, ownEventsIn } from './event-page.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

/** How far the stream `s` has come. */
export const version = ({ events }: Tables): string =>
  `coalesce((SELECT max(version) FROM ${events} WHERE stream = s.key), 0)`

export async function versionOf(
  reader: Reader,
  tables: Tables,
  tenant: string,
  stream: string,
): Promise<number> {
  const sql = `SELECT ${version(tables)} AS last FROM ${tables.streams} s WHERE s.tenant = $1 AND s.name = $2`
  const [row] = await reader.rows<{ readonly last: number }>(sql, [tenant, stream])
  return row?.last ?? 0
}

/** An event has at most a megabyte, which JSON inside of JSON may double, and a text of JavaScript holds 512 MB. */
const PAGE = 250

/** How far the stream has come, and a page of the range. */
interface SliceRow extends OwnPage {
  readonly last: number
  readonly page: number
}

/** The stream's slice and, of the whole of it, the version, in one statement, so that they fit. */
export async function streamSlice(
  reader: Reader,
  tables: Tables,
  tenant: string,
  stream: string,
  { from, to, limit, backward }: StreamRange,
): Promise<EngineStreamSlice> {
  const rows = await reader.rows<SliceRow>(pages(tables, backward), [tenant, stream, from, to, limit])
  const inOrder = [...rows].sort((a, b) => a.page - b.page)
  const events: RecordedEvent[] = []
  for (const row of inOrder) {
    for (const event of ownEventsIn(row, tenant, stream)) events.push(event)
  }
  return { events: backward ? events.reverse() : events, version: rows[0]?.last ?? 0 }
}

/** Versions have no gaps, so those of a page are known before they are read. */
function pages(tables: Tables, backward: boolean): string {
  const [first, final] = backward
    ? ['greatest($3::bigint, least($4::bigint, last) - $5::bigint + 1)', 'least($4::bigint, last)']
    : ['$3::bigint', 'least($4::bigint, last, $3::bigint + $5::bigint - 1)']
  return `SELECT s.last, g.page, p.* FROM (
      SELECT key, last, ${first} AS first, ${final} AS final FROM (
        SELECT s.key, ${version(tables)} AS last FROM ${tables.streams} s
        WHERE s.tenant = $1 AND s.name = $2 OFFSET 0) s OFFSET 0) s
    CROSS JOIN LATERAL (
      SELECT generate_series(s.first / ${PAGE}, greatest(s.first, s.final) / ${PAGE}) AS page) g
    CROSS JOIN LATERAL (
      SELECT ${OWN_IN_PAGE} FROM (
        SELECT * FROM ${tables.events} e WHERE e.stream = s.key
          AND e.version >= greatest(s.first, g.page * ${PAGE})
          AND e.version <= least(s.final, g.page * ${PAGE} + ${PAGE - 1})
        ORDER BY e.version OFFSET 0) e) p`
}
