import { CannotOpenDatabase } from '@eventwright/core'
import { shownUrl } from '@eventwright/core/engines'
import { withoutParameter } from './url.ts'

/** What PostgreSQL answers to a role that may not do this. */
const NO_RIGHT = '42501'

/**
 * Why a run's own schema could not be made, where the role may make none: who typed the URL never saw the schema's
 * name, and nobody owns it. Any other error as it is.
 */
export function ofOwnSchema(url: string, error: unknown): unknown {
  const refusal = refusalIn(error)
  if (!(error instanceof CannotOpenDatabase) || refusal === undefined) return error
  return new CannotOpenDatabase(
    shownUrl(withoutParameter(url, 'schema')),
    `this role may not make a schema for the run (${refusal.message}): name one that it owns, ?schema=NAME, or let the owner of the database GRANT CREATE ON DATABASE to it`,
    { cause: error },
  )
}

function refusalIn(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && error.code === NO_RIGHT ? error : refusalIn(error.cause)
}
