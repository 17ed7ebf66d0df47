import type { JoinClient } from '../../join-client.ts'
import type { PostgresSession } from '../database.ts'
import { clearClientFault } from './client-fault.ts'

/**
 * Statements over the user's client, one at a time, as clients in a transaction want them. Each client reads columns
 * in its own way, so rows come as JSON.
 */
export function clientSession(url: string, client: JoinClient): PostgresSession {
  let last: Promise<unknown> = Promise.resolve()
  const ask = (text: string, values: readonly unknown[]): Promise<readonly unknown[]> => {
    const answer = last.then(async () => {
      const given = await client.query(text, [...values])
      return 'rows' in given ? given.rows : given
    })
    last = answer.catch(() => {})
    return answer.catch((error: unknown) => {
      throw clearClientFault(url, error)
    })
  }
  return {
    async rows<Row>(text: string, values: readonly unknown[] = []) {
      const rows = await ask(asJson(text), values)
      return rows.map((row): Row => JSON.parse((row as { readonly json: string }).json))
    },
    async exec(text) {
      await ask(text, [])
    },
  }
}

/** The name of a schema may hold any word. */
const QUOTED = /"(?:[^"]|"")*"|'(?:[^']|'')*'/g

/** A statement that gives no rows stays as it is. */
function asJson(text: string): string {
  const rows = 'SELECT row_to_json(t)::text AS json FROM'
  if (/^\s*SELECT/.test(text)) return `${rows} (${text}) t`
  return /\bRETURNING\b/.test(text.replace(QUOTED, '')) ? `WITH t AS (${text}) ${rows} t` : text
}
