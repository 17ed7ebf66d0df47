import { type Named, named } from '../settle/index.ts'
import { texts } from './array.ts'
import type { PostgresSession } from './database.ts'
import type { Tables } from './tables.ts'

/** A stream's row, and how far it has come. */
export interface StreamRow {
  readonly key: number
  readonly version: number
}

/**
 * Makes the rows that are missing, locks all in the order of their keys, and then, in a statement that sees what others
 * committed while it waited, asks how far they have come.
 */
export async function lockStreams(
  session: PostgresSession,
  tables: Tables,
  streams: ReadonlyMap<string, Named>,
): Promise<ReadonlyMap<string, StreamRow>> {
  if (streams.size === 0) return new Map()
  const sorted = [...streams.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  const values = [texts(sorted.map(({ tenant }) => tenant)), texts(sorted.map(({ name }) => name))]
  const [, , rows] = await Promise.all([
    session.rows(makeMissing(tables), values),
    session.rows(lockInOrder(tables), values),
    session.rows<FoundRow>(versions(tables), values),
  ])
  return new Map(rows.map(({ tenant, name, key, version }) => [named(tenant, name), { key, version }]))
}

interface FoundRow extends StreamRow {
  readonly tenant: string
  readonly name: string
}

/** In the order of their names: two who make the same ones wait for each other in one direction only. */
function makeMissing({ streams }: Tables): string {
  return `INSERT INTO ${streams} (tenant, name)
    SELECT n.tenant, n.name FROM unnest($1::text[], $2::text[]) AS n (tenant, name)
    WHERE NOT EXISTS (SELECT FROM ${streams} s WHERE s.name = n.name AND s.tenant = n.tenant)
    ORDER BY n.name COLLATE "C", n.tenant COLLATE "C"
    ON CONFLICT DO NOTHING`
}

function lockInOrder({ streams }: Tables): string {
  return `SELECT 1 FROM ${streams} s JOIN unnest($1::text[], $2::text[]) AS n (tenant, name)
      ON s.name = n.name AND s.tenant = n.tenant
    ORDER BY s.key FOR UPDATE OF s`
}

function versions({ streams, events }: Tables): string {
  return `SELECT n.tenant, n.name, s.key,
      coalesce((SELECT max(e.version) FROM ${events} e WHERE e.stream = s.key), 0) AS version
    FROM unnest($1::text[], $2::text[]) AS n (tenant, name)
    JOIN ${streams} s ON s.name = n.name AND s.tenant = n.tenant`
}
