import type { PostgresDatabase, PostgresSession } from '../database.ts'
import type { PostgresMigration } from '../migration.ts'
import { concurrentIndexes, type Index } from './index-step.ts'
import { LONG, underLock } from './lock.ts'
import { setVersion, versionOf } from './versions.ts'

/**
 * Builds a step's indexes while others write. What a build that was cut off left behind is built anew. False where
 * others had built them.
 */
export async function buildIndexes(
  database: PostgresDatabase,
  name: string,
  step: PostgresMigration,
): Promise<boolean> {
  const { schema } = database
  return underLock(database, async (session) => {
    // Over another connection: a read here would hold a snapshot, for whose end the build would wait.
    if ((await versionOf({ schema, rows: apart(database) }, name)) >= step.version) return false
    for (const index of concurrentIndexes(step, schema)) await build(database, index)
    await setVersion(session, schema, name, step.version)
    return true
  })
}

async function build(database: PostgresDatabase, { name, create, drop }: Index): Promise<void> {
  const ask = apart(database)
  const invalid = await ask(
    `SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relname = $1 AND c.relnamespace = $2::regnamespace AND NOT i.indisvalid`,
    [name, database.schema],
  )
  if (invalid.length > 0) await ask(drop)
  await ask(create)
}

function apart(database: PostgresDatabase): PostgresSession['rows'] {
  return (text, values = []) => database.apart(text, values, { answerTimeout: LONG })
}
