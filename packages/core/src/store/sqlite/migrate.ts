import { CannotOpenFile, SchemaTooNew } from '../errors.ts'
import type { SqliteConnection } from './connection.ts'

/** One step of our own tables. Steps are only ever added; the newest number is the schema's version. */
export interface Migration {
  readonly version: number
  /** True: it only makes reading faster, so that who only reads needs no upgrade. */
  readonly indexesOnly?: boolean
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
  const known = newest(migrations)
  const found = versionOf(connection, name)
  if (found > known + 1) throw new SchemaTooNew(where, name, found, known)
  if (found >= known) return
  for (const migration of migrations) if (migration.version > found) connection.exec(migration.sql)
  connection.run(
    'INSERT INTO eventwright_schema (name, version) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version',
    name,
    known,
  )
}

/**
 * Sees that the tables called `name` can be read as they are; nothing is changed.
 * @throws CannotOpenFile where they are not there or older; SchemaTooNew
 */
export function checkReadable(
  connection: SqliteConnection,
  where: string,
  name: string,
  migrations: readonly Migration[],
): void {
  const table = connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'eventwright_schema'")
  const found = table === undefined ? 0 : versionOf(connection, name)
  const known = newest(migrations)
  if (found === 0) throw new CannotOpenFile(where, `it holds no tables of an eventwright ${name}`)
  if (found > known + 1) throw new SchemaTooNew(where, name, found, known)
  if (migrations.every(({ version, indexesOnly }) => version <= found || indexesOnly)) return
  throw new CannotOpenFile(
    where,
    `its tables of the ${name} are at version ${found}, which this release reads from version ${known} on: start the service with this release once, or look with the one that it runs`,
  )
}

function newest(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

function versionOf(connection: SqliteConnection, name: string): number {
  const sql = 'SELECT version FROM eventwright_schema WHERE name = ?'
  return connection.get<{ version: number }>(sql, name)?.version ?? 0
}
