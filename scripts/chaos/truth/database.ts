import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

const PATIENCE = 5000

/** Reads a file as it stands on disk, with nothing of ours in between. Nothing where it is not there yet. */
export function rowsOf<Row>(file: string, sql: string, ...values: SQLInputValue[]): readonly Row[] {
  if (!existsSync(file)) return []
  const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE })
  try {
    return database.prepare(sql).all(...values) as Row[] // the caller names the columns that the statement has
  } finally {
    database.close()
  }
}
