import { setTimeout as sleep } from 'node:timers/promises'
import { CannotOpenDatabase } from '../../errors.ts'
import { newestOf, stepsAfter, unreadable } from '../../migration-steps.ts'
import { sqlState } from '../database/faults.ts'
import type { PostgresDatabase, PostgresSession } from '../database.ts'
import type { PostgresMigration } from '../migration.ts'
import { buildIndexes } from './build-indexes.ts'
import { underLock } from './lock.ts'
import { makeSchema } from './make-schema.ts'
import { setVersion, VERSIONS, versionOf } from './versions.ts'

/**
 * Brings the tables called `name` to the newest version, one process at a time. A role that may not change tables
 * goes on with those of the release before. To read only, sees that they can be read. Returns the version that it
 * brought them from: the newest where others had done it meanwhile.
 * @throws SchemaTooNew CannotOpenDatabase
 */
export async function migrate(
  database: PostgresDatabase,
  name: string,
  migrations: readonly PostgresMigration[],
): Promise<number> {
  const found = await versionOf(database, name)
  const missing = stepsAfter(database.url, name, found, migrations)
  if (database.readOnly) {
    const why = unreadable(name, found, missing)
    if (why !== undefined) throw new CannotOpenDatabase(database.url, why)
  }
  if (missing.length === 0 || database.readOnly) return found
  try {
    return await apply(database, name, migrations)
  } catch (error) {
    if (sqlState(error) !== NO_RIGHT) throw refused(database, name, error)
    if (found === 0 || found < newestOf(migrations) - 1) throw mayNot(database, name, found, error)
    return found
  }
}

const NO_RIGHT = '42501'

async function apply(
  database: PostgresDatabase,
  name: string,
  migrations: readonly PostgresMigration[],
): Promise<number> {
  let from = 0
  let did = false
  for (;;) {
    const { found, stepped, rest } = await turn(() =>
      underLock(database, (session) => applyTables(session, database, name, migrations)),
    )
    if (!did) from = found
    if (rest === undefined) return from
    const built = await buildIndexes(database, name, rest)
    did ||= stepped || built
  }
}

interface Turn {
  /** The version before it. */
  readonly found: number
  /** False where nothing was missing but indexes. */
  readonly stepped: boolean
  readonly rest?: PostgresMigration
}

/** Steps up to one that only builds indexes on tables that are there: that one is given back. */
async function applyTables(
  session: PostgresSession,
  database: PostgresDatabase,
  name: string,
  migrations: readonly PostgresMigration[],
): Promise<Turn> {
  const { schema, url } = database
  await makeSchema(session, database)
  await session.exec(`SET LOCAL search_path TO ${schema}; SET LOCAL lock_timeout = ${TURN}; ${VERSIONS}`)
  const found = await versionOf({ schema, rows: session.rows }, name)
  let stepped = false
  for (const step of stepsAfter(url, name, found, migrations)) {
    if (step.indexesOnly && found > 0) return { found, stepped, rest: step }
    await session.exec(step.sql)
    await setVersion(session, schema, name, step.version)
    stepped = true
  }
  return { found, stepped }
}

/** Milliseconds that a change of a table waits for those who use it, since whoever comes after it waits too. */
const TURN = 2_000
const TURNS = 60

async function turn<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (sqlState(error) !== LOCKED || attempt === TURNS) throw error
    }
    await sleep(TURN / 4)
  }
}

const LOCKED = '55P03'

function mayNot(database: PostgresDatabase, name: string, found: number, cause: unknown): CannotOpenDatabase {
  const what =
    found === 0
      ? `it has no tables of the ${name} yet, and this role may not make them`
      : `its tables of the ${name} are not those of this release, and this role may not change them`
  return new CannotOpenDatabase(
    database.url,
    `${what} (${message(cause)}): let their owner run what \`eventwright migrate --sql\` prints`,
    { cause },
  )
}

function refused(database: PostgresDatabase, name: string, error: unknown): unknown {
  switch (sqlState(error)) {
    case '42P07':
    case '42710':
      return new CannotOpenDatabase(
        database.url,
        `its schema ${database.schema} holds something of another origin (${message(error)}): give another schema`,
        { cause: error },
      )
    case LOCKED:
      return new CannotOpenDatabase(
        database.url,
        `its tables of the ${name} are locked by others all the time, so they cannot be upgraded: see pg_stat_activity for what holds them`,
        { cause: error },
      )
    default:
      return error
  }
}

function message(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
