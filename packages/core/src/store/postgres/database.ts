/** One connection inside an open transaction. What is asked at once is sent at once, and answered in order. */
export interface PostgresSession {
  /** Rows of one statement with `$1` values, prepared under a name of its text where the pool allows that. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** One statement or several without values, in one round trip. */
  exec(text: string): Promise<void>
}

export interface StatementSettings {
  /** Milliseconds until a statement must be answered; default that of the database, 30 s unless it was opened otherwise. */
  readonly answerTimeout?: number
}

export interface TransactionSettings extends StatementSettings {
  /** Milliseconds that a statement waits for a lock (SQLSTATE 55P03 after that); default 0, as long as it takes. */
  readonly lockTimeout?: number
  /** False: the COMMIT does not wait for the disk, and a crash of the server may lose what was written. Default true. */
  readonly durable?: boolean
}

/** What our tables live in: a pool, one schema, and one connection that listens. Store and broker share it. */
export interface PostgresDatabase {
  /** Without user and password: for messages. */
  readonly url: string
  /** The name of the schema that holds our tables, quoted for SQL. */
  readonly schema: string
  /** True: it is only looked at. Whatever writes is `StoreReadOnly`. */
  readonly readOnly: boolean
  /** The same object for all that open the same database and schema in this process. */
  readonly resource: object
  /** A statement of its own, READ COMMITTED. Only reads: where the connection was cut it is asked again. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** The same for quick ones: what is asked for in one turn shares a connection, sent in one piece and answered in order. */
  atOnce<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /**
   * A statement of its own that writes, in one round trip: no lock of it ever waits for this process. READ COMMITTED,
   * never retried.
   * @throws UnknownOutcomeError where the connection was lost before its answer
   */
  write<Row>(text: string, values?: readonly unknown[], settings?: StatementSettings): Promise<readonly Row[]>
  /**
   * A statement over a connection of its own beside the pool's, which a transaction may hold the last one of; for what
   * takes its time. Never retried.
   */
  apart<Row>(
    text: string,
    values: readonly unknown[],
    settings: Required<StatementSettings>,
  ): Promise<readonly Row[]>
  /**
   * READ COMMITTED. Rolled back where `work` throws; nothing is retried.
   * @throws UnknownOutcomeError where the connection was lost while it committed; ConnectionLost where it was lost before, and nothing was written; what `work` throws
   */
  transaction<Result>(
    work: (session: PostgresSession) => Promise<Result>,
    settings?: TransactionSettings,
  ): Promise<Result>
  /** Called with the payload of each NOTIFY on this channel (of all schemas), and with `undefined` after a gap in which some may have been missed. */
  listen(channel: string, listener: (payload: string | undefined) => void): () => void
  /**
   * `look` is called, over one connection, before the first statement after connections were lost: the server that
   * answers may be another one, or have another history. Until this is closed.
   */
  onReturn(look: (asking: Pick<PostgresDatabase, 'rows' | 'transaction'>) => Promise<void>): void
  close(): Promise<void>
}
