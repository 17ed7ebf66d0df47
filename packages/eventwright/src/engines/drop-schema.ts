import { shownUrl } from '@eventwright/core/engines'
import { parameterOf, withoutParameter } from './url.ts'

/** What is left where it is not removed, and what removes it. */
export function remainsOfSchema(url: string): string {
  return `${shownUrl(url)}: ${statementFor(url)}`
}

function statementFor(url: string): string {
  const schema = parameterOf(url, 'schema') ?? ''
  return `DROP SCHEMA IF EXISTS "${schema.replaceAll('"', '""')}" CASCADE`
}

/** Removes the schema that the URL names, with all that is in it. */
export async function dropSchema(url: string): Promise<void> {
  const { default: pg } = await import('pg')
  const ours = ['schema', 'prepare', 'listen', 'synchronousStandbys'].reduce(withoutParameter, url)
  const client = new pg.Client({ connectionString: ours, connectionTimeoutMillis: 5_000 })
  // Cut off while it drops: the statement tells.
  client.on('error', () => undefined)
  const statement = statementFor(url)
  try {
    await client.connect()
    await client.query(statement)
  } catch (error) {
    throw new Error(
      `${shownUrl(url)}: the run's own schema could not be removed (${reasonOf(error)}): ${statement}`,
      {
        cause: error,
      },
    )
  } finally {
    await client.end()
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
