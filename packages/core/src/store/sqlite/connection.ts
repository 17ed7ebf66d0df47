import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

export type SqlValue = SQLInputValue

export type SyncLevel = 'full' | 'normal' | 'off'

/** One connection whose statements are prepared once. Everything on it is synchronous. */
export interface SqliteConnection {
  all<Row>(sql: string, ...values: SqlValue[]): Row[]
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined
  /** Each row is an array of its columns, for what reads many. */
  rows<Row>(sql: string, ...values: SqlValue[]): Row[]
  /** Row by row, for results that are left early. End it before the next call with the same text. */
  iterate<Row>(sql: string, ...values: SqlValue[]): IterableIterator<Row>
  /** Gives the number of changed rows. */
  run(sql: string, ...values: SqlValue[]): number
  /** Several statements, not kept. */
  exec(sql: string): void
  /** From the next transaction on. `full`: a commit is on the disk when it is answered; `normal`: in the system's care; `off`: what was written before may be lost too. */
  sync(level: SyncLevel): void
  readonly inTransaction: boolean
  close(): void
}

/** Opens a connection that never waits for a lock: a busy database is the caller's to wait for, asynchronously. */
export function connect(path: string, readOnly: boolean): SqliteConnection {
  return connectionOf(new DatabaseSync(path, { readOnly, timeout: 0 }))
}

/** To read a file that does not change: no lock is taken, and what may stand in a log beside it is not seen. */
export function connectUnchanging(path: string): SqliteConnection {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return connectionOf(new DatabaseSync(url, { readOnly: true }))
}

function connectionOf(database: DatabaseSync): SqliteConnection {
  let synced: SyncLevel | undefined
  const prepared = keeping((sql) => database.prepare(sql))
  const preparedForRows = keeping((sql) => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  })
  return {
    all: <Row>(sql: string, ...values: SqlValue[]) => prepared(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SqlValue[]) => prepared(sql).get(...values) as Row | undefined,
    rows: <Row>(sql: string, ...values: SqlValue[]) => preparedForRows(sql).all(...values) as Row[],
    iterate: <Row>(sql: string, ...values: SqlValue[]) =>
      prepared(sql).iterate(...values) as IterableIterator<Row>,
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    exec: (sql) => database.exec(sql),
    sync(level) {
      if (synced === level) return
      database.exec(`PRAGMA synchronous = ${level}`)
      synced = level
    },
    get inTransaction() {
      return database.isTransaction
    },
    close: () => database.close(),
  }
}

function keeping(prepare: (sql: string) => StatementSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>()
  return (sql) => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = prepare(sql)
    statements.set(sql, statement)
    return statement
  }
}
