import pg from 'pg'
import type { Rows } from '../truth/index.ts'

const BIGINT = 20

/** Reads one schema of a database. */
export interface PostgresRows {
  readonly rows: Rows
  readonly close: () => Promise<void>
}

/** Positions and offsets come as numbers, as SQLite gives them. */
export function postgresRows(url: string, schema: string): PostgresRows {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    options: `-c search_path=${schema}`,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format),
    },
  })
  // The server is stopped on purpose: an idle connection that breaks is no news.
  pool.on('error', () => {})
  return {
    async rows<Row>(sql: string) {
      const { rows } = await pool.query(sql)
      return rows as Row[] // the caller names the columns that the statement has
    },
    close: () => pool.end(),
  }
}
