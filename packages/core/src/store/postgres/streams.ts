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
 * Makes the rows that are missing, locks all in the order of their names, and then, in a statement that sees what others
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

const NAMES = 'unnest($1::text[], $2::text[]) AS n (tenant, name)'

/**
 * In the order of their names: two who make the same ones wait for each other in one direction only. A key that is taken
 * is an error, as where a sequence was left behind: a row that is missing would not be told from one that is there.
 */
function makeMissing({ streams }: Tables): string {
  return `INSERT INTO ${streams} (tenant, name)
    SELECT n.tenant, n.name FROM ${NAMES}
    WHERE (SELECT s.key FROM ${streams} s WHERE s.name = n.name AND s.tenant = n.tenant) IS NULL
    ON CONFLICT (name, tenant) DO NOTHING`
}

/** One after the other as they are given, each found by the index. */
function lockInOrder({ streams }: Tables): string {
  return `SELECT l.key FROM ${NAMES} CROSS JOIN LATERAL (
      SELECT s.key FROM ${streams} s WHERE s.name = n.name AND s.tenant = n.tenant FOR UPDATE) l`
}

function versions({ streams, events }: Tables): string {
  return `SELECT n.tenant, n.name, s.key,
      coalesce((SELECT max(e.version) FROM ${events} e WHERE e.stream = s.key), 0) AS version
    FROM ${NAMES} CROSS JOIN LATERAL (
      SELECT key FROM ${streams} WHERE name = n.name AND tenant = n.tenant OFFSET 0) s`
}
