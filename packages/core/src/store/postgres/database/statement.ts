import type { ClientBase, QueryConfig, QueryResult, QueryResultRow } from 'pg'
import { NoAnswer } from './faults.ts'
import { VALUES } from './values.ts'

/** Statements are prepared once a connection, each under a name of its own. */
const names = new Map<string, string>()

export function statement(text: string, values: readonly unknown[], prepare: boolean): QueryConfig {
  const query = { text, values: [...values], types: VALUES }
  return prepare ? Object.assign(query, { name: nameOf(text) }) : query
}

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `eventwright_${names.size + 1}`
  names.set(text, name)
  return name
}

/** @throws NoAnswer after `milliseconds`: the connection is then of no more use */
export function answerOf(
  client: ClientBase,
  query: string | QueryConfig,
  milliseconds: number,
): Promise<QueryResult<QueryResultRow>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new NoAnswer(milliseconds)), milliseconds)
    client.query<QueryResultRow>(query, (error, result) => {
      clearTimeout(late)
      if (error) reject(error)
      else resolve(result)
    })
  })
}
