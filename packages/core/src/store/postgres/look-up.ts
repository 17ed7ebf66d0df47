import { setImmediate as nextTurn } from 'node:timers/promises'
import { texts } from './array.ts'
import type { PostgresSession } from './database.ts'

export type Reader = Pick<PostgresSession, 'rows'>

/**
 * Rows by the key of the name that found each. The statement's parameters are the columns of the names; it gives a
 * name's number, from 1, as `i`. For no names nothing is asked.
 */
export async function lookUp<Row, Need>(
  reader: Reader,
  sql: string,
  needs: ReadonlyMap<string, Need>,
  columnsOf: (need: Need) => readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  if (needs.size === 0) return new Map()
  const names = [...needs.values()].map(columnsOf)
  const columns = names[0]?.map((_, column) => texts(names.map((name) => name[column]))) ?? []
  const rows = await reader.rows<Row & { readonly i: number }>(sql, columns)
  const keys = [...needs.keys()]
  return new Map(rows.map((row) => [keys[row.i - 1] ?? '', row]))
}

/**
 * One question, asked once for all who ask it in one turn of the event loop, as those do that one commit woke; who asks
 * later gets a later answer.
 */
export function askedOnce<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let open: Promise<Answer> | undefined
  return () => {
    open ??= nextTurn().then(() => {
      open = undefined
      return ask()
    })
    return open
  }
}

/**
 * Look-ups of one name each: those that are asked for in one go (the inbox of a batch of messages) are one statement.
 */
export function together<Need extends { readonly key: string }, Row>(
  find: (needs: ReadonlyMap<string, Need>) => Promise<ReadonlyMap<string, Row>>,
): (need: Need) => Promise<Row | undefined> {
  let open:
    | { readonly needs: Map<string, Need>; readonly rows: Promise<ReadonlyMap<string, Row>> }
    | undefined

  function begin() {
    const needs = new Map<string, Need>()
    const rows = Promise.resolve().then(() => {
      open = undefined
      return find(needs)
    })
    return { needs, rows }
  }

  return async (need) => {
    open ??= begin()
    open.needs.set(need.key, need)
    return (await open.rows).get(need.key)
  }
}
