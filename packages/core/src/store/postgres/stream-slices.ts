import type { EngineStreamSlice, StreamRange } from '../engine.ts'
import type { Named } from '../settle/index.ts'
import { OWN_IN_PAGE, type OwnPage, ownEventsIn } from './event-page.ts'
import { lookUp, type Reader, together } from './look-up.ts'
import { streamSlice, version, versionOf } from './stream-slice.ts'
import type { Tables } from './tables.ts'

/** Events that a slice may hold to share a statement: long ones are read side by side. */
const SMALL = 100

type Need = Named & { readonly range: StreamRange }

/** Reads slices of streams; small ones that are asked for in one go are one statement. */
export function streamReader(
  reader: Reader,
  tables: Tables,
): (tenant: string, stream: string, range: StreamRange) => Promise<EngineStreamSlice> {
  const small = together((needs: ReadonlyMap<string, Need>) => slices(reader, tables, needs))
  let asked = 0
  return async (tenant, stream, range) => {
    if (range.backward || range.limit > SMALL) return streamSlice(reader, tables, tenant, stream, range)
    // Two who ask for the same do not get the same objects.
    const key = String(asked++)
    return (await small({ key, tenant, name: stream, range })) ?? { events: [], version: 0 }
  }
}

/** Reads versions of streams; those that are asked for in one go are one statement. */
export function versionReader(
  reader: Reader,
  tables: Tables,
): (tenant: string, stream: string) => Promise<number> {
  const sql = `SELECT n.i, ${version(tables)} AS last
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (tenant, name, i) CROSS JOIN LATERAL (
      SELECT key FROM ${tables.streams} WHERE name = n.name AND tenant = n.tenant OFFSET 0) s`
  const find = together(async (needs: ReadonlyMap<string, Named>) => {
    const [first] = needs.values()
    if (first !== undefined && needs.size === 1) {
      return new Map([[first.key, { last: await versionOf(reader, tables, first.tenant, first.name) }]])
    }
    return lookUp<{ readonly last: number }, Named>(reader, sql, needs, ({ tenant, name }) => [tenant, name])
  })
  return async (tenant, stream) =>
    (await find({ key: JSON.stringify([tenant, stream]), tenant, name: stream }))?.last ?? 0
}

interface SliceRow extends OwnPage {
  readonly last: number
}

async function slices(
  reader: Reader,
  tables: Tables,
  needs: ReadonlyMap<string, Need>,
): Promise<ReadonlyMap<string, EngineStreamSlice>> {
  const all = [...needs.values()]
  const [first] = all
  if (first !== undefined && all.length === 1) {
    return new Map([[first.key, await streamSlice(reader, tables, first.tenant, first.name, first.range)]])
  }
  const rows = await lookUp<SliceRow, Need>(reader, slicesStatement(tables), needs, columnsOf)
  const slice = ({ key, tenant, name }: Need): EngineStreamSlice => {
    const row = rows.get(key)
    if (row === undefined) return { events: [], version: 0 }
    return { events: ownEventsIn(row, tenant, name), version: row.last }
  }
  return new Map(all.map((need) => [need.key, slice(need)]))
}

function columnsOf({ tenant, name, range: { from, to, limit } }: Need): readonly string[] {
  return [tenant, name, String(from), String(Math.min(to, from + limit - 1))]
}

function slicesStatement(tables: Tables): string {
  return `SELECT n.i, ${version(tables)} AS last, p.*
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
      AS n (tenant, name, first, final, i)
    CROSS JOIN LATERAL (SELECT key FROM ${tables.streams} WHERE name = n.name AND tenant = n.tenant OFFSET 0) s
    CROSS JOIN LATERAL (
      SELECT ${OWN_IN_PAGE} FROM (
        SELECT * FROM ${tables.events} e WHERE e.stream = s.key AND e.version BETWEEN n.first AND n.final
        ORDER BY e.version OFFSET 0) e) p`
}
