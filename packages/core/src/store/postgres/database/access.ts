import type { PostgresDatabase, StatementSettings } from '../database.ts'
import { type Connection, clearly, connection } from './connection.ts'
import { isLost } from './faults.ts'
import { inOneGo } from './in-one-go.ts'
import { begin, toItsEnd, unconfirmed } from './in-transaction.ts'
import type { Settings } from './options.ts'
import { patiently } from './patience.ts'
import type { Return } from './return.ts'
import type { Source } from './source.ts'
import { answerOf, statement } from './statement.ts'

export type Access = Pick<PostgresDatabase, 'rows' | 'atOnce' | 'write' | 'apart' | 'transaction'>

/** Statements over the connections of a source. */
export function access(url: string, source: Source, settings: Settings, back: Return): Access {
  const { pool } = source

  async function connect(wished: StatementSettings = {}): Promise<Connection> {
    let open: Connection
    try {
      open = connection(await pool.connect(), { ...settings, ...wished }, back.lost)
    } catch (error) {
      if (isLost(error)) back.lost()
      throw error
    }
    return ready(open, () => back.look(open))
  }

  async function ask<Row>(text: string, values: readonly unknown[] | undefined): Promise<readonly Row[]> {
    const open = await connect()
    try {
      return await open.rows<Row>(text, values)
    } finally {
      open.release()
    }
  }

  const patient = <Result>(asking: () => Promise<Result>): Promise<Result> =>
    clearly(url, patiently(settings.patience, asking))

  const askAtOnce = source.pipelines ? inOneGo(connect) : ask

  return {
    rows: (text, values) => patient(() => ask(text, values)),
    atOnce: <Row>(text: string, values?: readonly unknown[]) => patient(() => askAtOnce<Row>(text, values)),
    async write<Row>(text: string, values?: readonly unknown[], wished?: StatementSettings) {
      const open = await patient(() => connect(wished))
      try {
        return await open.rows<Row>(text, values)
      } catch (error) {
        throw unconfirmed(url, error)
      } finally {
        open.release()
      }
    },
    apart: (text, values, { answerTimeout }) => clearly(url, askApart(source, text, values, answerTimeout)),
    async transaction(work, wished = {}) {
      // A connection that just sat there may be dead: it shows by its BEGIN that it is not.
      const open = await patient(async () => {
        const connected = await connect(wished)
        return ready(connected, () => begin(connected, { ...settings, ...wished }))
      })
      try {
        return await toItsEnd(url, open, work)
      } finally {
        open.release()
      }
    },
  }
}

interface Rows {
  readonly rows: readonly unknown[]
}

async function askApart<Row>(
  source: Source,
  text: string,
  values: readonly unknown[],
  answerTimeout: number,
): Promise<readonly Row[]> {
  const over = new AbortController()
  const client = await source.listener(over.signal)
  try {
    const { rows }: Rows = await answerOf(client, statement(text, values, false), answerTimeout)
    return rows as readonly Row[]
  } finally {
    over.abort()
  }
}

/** A connection on which the first step failed is not used again. */
async function ready(open: Connection, step: () => Promise<void>): Promise<Connection> {
  try {
    await step()
    return open
  } catch (error) {
    open.broken ??= error
    open.release()
    throw error
  }
}
