import type { StreamRange } from '../engine.ts'
import type { StoredEvent } from '../stored.ts'
import { OWN } from './event-row.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

const version = ({ events }: Tables): string =>
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

/** A row says how far the stream has come; those of one that has no events in the range hold nothing else. */
type SliceRow = Omit<StoredEvent, 'tenant' | 'stream' | 'position'> & {
  readonly last: number
  readonly position: number | null
}

/** The stream's slice and, of the whole of it, the version, in one statement, so that they fit. */
export async function streamSlice(
  reader: Reader,
  tables: Tables,
  tenant: string,
  stream: string,
  { from, to, limit, backward }: StreamRange,
): Promise<{ readonly events: readonly StoredEvent[]; readonly version: number }> {
  const order = backward ? 'DESC' : ''
  const rows = await reader.rows<SliceRow>(
    `SELECT ${version(tables)} AS last, o.* FROM ${tables.streams} s LEFT JOIN LATERAL (
       SELECT ${OWN} FROM ${tables.events} e WHERE e.stream = s.key AND e.version BETWEEN $3 AND $4
       ORDER BY e.version ${order} LIMIT $5) o ON true
     WHERE s.tenant = $1 AND s.name = $2 ORDER BY o.version ${order}`,
    [tenant, stream, from, to, limit],
  )
  const events = rows.flatMap(({ last, position, ...own }) =>
    position === null ? [] : [{ ...own, position, tenant, stream }],
  )
  return { events, version: rows[0]?.last ?? 0 }
}
