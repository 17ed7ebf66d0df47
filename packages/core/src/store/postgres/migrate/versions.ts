import { sqlState } from '../database/faults.ts'
import type { PostgresDatabase, PostgresSession } from '../database.ts'

/** Remembers which version each set of our tables is at. */
export const VERSIONS: string = `CREATE TABLE IF NOT EXISTS eventwright_schema (
  name text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL
)`

const NO_SUCH = new Set(['42P01', '3F000'])

/** Of the tables called `name`; 0 where there are none. */
export async function versionOf(
  { schema, rows }: Pick<PostgresDatabase, 'schema'> & Pick<PostgresSession, 'rows'>,
  name: string,
): Promise<number> {
  const sql = `SELECT version FROM ${schema}.eventwright_schema WHERE name = $1`
  try {
    return (await rows<{ version: number }>(sql, [name]))[0]?.version ?? 0
  } catch (error) {
    if (NO_SUCH.has(sqlState(error) ?? '')) return 0
    throw error
  }
}

export async function setVersion(
  { rows }: PostgresSession,
  schema: string,
  name: string,
  version: number,
): Promise<void> {
  await rows(setVersionSql(schema, '$1', '$2'), [name, version])
}

export function setVersionSql(schema: string, name: string, version: string): string {
  return `INSERT INTO ${schema}.eventwright_schema (name, version) VALUES (${name}, ${version})
ON CONFLICT (name) DO UPDATE SET version = excluded.version`
}
