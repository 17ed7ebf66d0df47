import { SchemaTooNew } from '../errors.ts'
import type { SqliteConnection } from './connection.ts'

/** One step of our own tables. Steps are only ever added; the newest number is the schema's version. */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/** Remembers which version each set of our tables is at; made when a file is opened. */
export const SCHEMA_TABLE: string = `CREATE TABLE IF NOT EXISTS eventwright_schema (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) WITHOUT ROWID`

/**
 * Brings the tables called `name` to the newest version; call it under the write lock. Tables one
 * release newer than this code are accepted, so that releases can roll; two are refused.
 */
export function applyMigrations(
  connection: SqliteConnection,
  where: string,
  name: string,
  migrations: readonly Migration[],
): void {
  const known = migrations.at(-1)?.version ?? 0
  const found =
    connection.get<{ version: number }>('SELECT version FROM eventwright_schema WHERE name = ?', name)
      ?.version ?? 0
  if (found > known + 1) throw new SchemaTooNew(where, name, found, known)
  if (found >= known) return
  for (const migration of migrations) if (migration.version > found) connection.exec(migration.sql)
  connection.run(
    'INSERT INTO eventwright_schema (name, version) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
    name,
    known,
  )
}
