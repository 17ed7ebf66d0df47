import type { PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg'
import type { PostgresSession } from '../database.ts'
import { clearFault, isLost, sqlState } from './faults.ts'
import { inOnePiece } from './in-one-piece.ts'
import type { Settings } from './options.ts'
import { answerOf, statement } from './statement.ts'

interface Rows {
  readonly rows: readonly unknown[]
}

/** A statement of this transaction failed before. */
const ABORTED = '25P02'

/** One connection while it is in use. */
export interface Connection {
  ask(query: string | QueryConfig): Promise<QueryResult<QueryResultRow>>
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** What cut it, or left it in a state that nobody knows: it is not used again. */
  broken: unknown
  release(): void
}

export function connection(
  client: PoolClient,
  { answerTimeout, prepare }: Settings,
  lost: () => void,
): Connection {
  // What a client does not send at once it would queue by itself, of which it warns.
  const ask = client.pipeline ? sentAtOnce(client) : inTurn()
  let first: unknown
  const made: Connection = {
    broken: undefined,
    async ask(query) {
      try {
        return await ask(client, query, answerTimeout)
      } catch (error) {
        if (isLost(error)) {
          made.broken ??= error
          lost()
        }
        first ??= error
        // What was sent behind a statement that failed only says so, and may be heard of before it.
        throw sqlState(error) === ABORTED ? first : error
      }
    },
    async rows<Row>(text: string, values: readonly unknown[] = []) {
      const { rows }: Rows = await made.ask(statement(text, values, prepare))
      return rows as readonly Row[]
    },
    release: () => client.release(made.broken !== undefined),
  }
  return made
}

function sentAtOnce(client: PoolClient): typeof answerOf {
  return (...asking) => {
    inOnePiece(client)
    return answerOf(...asking)
  }
}

function inTurn(): typeof answerOf {
  let last: Promise<unknown> = Promise.resolve()
  return (...asking) => {
    const answer = last.then(() => answerOf(...asking))
    last = answer.catch(() => {})
    return answer
  }
}

/** The same for those who are to hear of a fault in clear words. */
export function session(url: string, { ask, rows }: Connection): PostgresSession {
  return {
    rows: (text, values) => clearly(url, rows(text, values)),
    async exec(text) {
      await clearly(url, ask(text))
    },
  }
}

export async function clearly<Result>(url: string, asking: Promise<Result>): Promise<Result> {
  try {
    return await asking
  } catch (error) {
    throw clearFault(url, error)
  }
}
