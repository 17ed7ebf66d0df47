import { CannotOpenFile } from '../errors.ts'
import type { SqliteConnection } from './connection.ts'

/**
 * A file that has tables, and none of ours, belongs to another program: a path that was mistyped must not change it.
 * Reads only. @throws CannotOpenFile
 */
export function refuseForeign(path: string, connection: SqliteConnection): void {
  const tables = connection
    .all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('sqlite_'))
  if (tables.length === 0 || tables.includes('eventwright_schema')) return
  const some = tables
    .slice(0, 3)
    .map((name) => `"${name}"`)
    .join(', ')
  const more = tables.length > 3 ? ` and ${tables.length - 3} more` : ''
  throw new CannotOpenFile(
    path,
    `it is a database of another program, with the tables ${some}${more}: name a file of its own, which is made when it is not there`,
  )
}
