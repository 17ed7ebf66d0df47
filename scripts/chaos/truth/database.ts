import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const PATIENCE = 5000

/** Reads what a store or a broker holds, with nothing of ours in between. Who asks names the columns that the statement has. */
export type Rows = <Row>(sql: string) => Promise<readonly Row[]>

/** The rows of a file as it stands on disk. Nothing where it, or its tables, are not there yet. */
export function fileRows(file: string): Rows {
  return async <Row>(sql: string) => rowsOf<Row>(file, sql)
}

export function rowsOf<Row>(file: string, sql: string): readonly Row[] {
  if (!existsSync(file)) return []
  const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE })
  try {
    return database.prepare(sql).all() as Row[] // the caller names the columns that the statement has
  } catch (error) {
    // Whoever makes the file makes its tables a moment later.
    if (String(error).includes('no such table')) return []
    throw error
  } finally {
    database.close()
  }
}
