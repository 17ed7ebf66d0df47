import { CannotOpenFile } from '../errors.ts'
import { type MigrationStep, newestOf, stepsAfter, unreadable } from '../migration-steps.ts'
import type { SqliteConnection } from './connection.ts'

export interface Migration extends MigrationStep {
  readonly sql: string
}

/** Remembers which version each set of our tables is at; made when a file is opened. */
export const SCHEMA_TABLE: string = `CREATE TABLE IF NOT EXISTS eventwright_schema (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) WITHOUT ROWID`

/**
 * Brings the tables called `name` to the newest version; call it under the write lock. Tables one
 * release newer than this code are accepted, so that releases can roll; two are refused. Gives the
 * version that it found.
 */
export function applyMigrations(
  connection: SqliteConnection,
  where: string,
  name: string,
  migrations: readonly Migration[],
): number {
  const found = versionOf(connection, name)
  const missing = stepsAfter(where, name, found, migrations)
  if (missing.length === 0) return found
  for (const migration of missing) connection.exec(migration.sql)
  connection.run(
    'INSERT INTO eventwright_schema (name, version) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
    name,
    newestOf(migrations),
  )
  return found
}

/**
 * Sees that the tables called `name` can be read as they are; nothing is changed. Gives their version.
 * @throws CannotOpenFile where they are not there or older; SchemaTooNew
 */
export function checkReadable(
  connection: SqliteConnection,
  where: string,
  name: string,
  migrations: readonly Migration[],
): number {
  const found = foundVersion(connection, name)
  const why = unreadable(name, found, stepsAfter(where, name, found, migrations))
  if (why !== undefined) throw new CannotOpenFile(where, why)
  return found
}

/** Of tables that may not be there: 0. */
export function foundVersion(connection: SqliteConnection, name: string): number {
  const table = connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'eventwright_schema'")
  return table === undefined ? 0 : versionOf(connection, name)
}

function versionOf(connection: SqliteConnection, name: string): number {
  const sql = 'SELECT version FROM eventwright_schema WHERE name = ?'
  return connection.get<{ version: number }>(sql, name)?.version ?? 0
}
