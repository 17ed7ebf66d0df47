import type { PostgresDatabase, PostgresSession } from '../database.ts'

/** A role that may not make a schema may well use one that is there, so it is only made where it is not. */
export async function makeSchema(session: PostgresSession, { schema }: PostgresDatabase): Promise<void> {
  if (!(await hasSchema(session, schema))) await session.exec(`CREATE SCHEMA ${schema}`)
}

export async function hasSchema({ rows }: Pick<PostgresSession, 'rows'>, schema: string): Promise<boolean> {
  const found = await rows('SELECT 1 FROM pg_namespace WHERE quote_ident(nspname) = $1 OR nspname = $2', [
    schema,
    schema.slice(1, -1).replaceAll('""', '"'),
  ])
  return found.length > 0
}
