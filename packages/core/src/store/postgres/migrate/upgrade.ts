import { CannotOpenDatabase } from '../../errors.ts'
import {
  chosen,
  type MissingSteps,
  missingSteps,
  stepsFrom,
  type TableSet,
  type Upgrade,
  type UpgradeOptions,
  upgradeOf,
} from '../../upgrade.ts'
import { openPostgres } from '../database/open.ts'
import type { PostgresOptions, PostgresTarget } from '../database/options.ts'
import type { PostgresDatabase } from '../database.ts'
import type { PostgresMigration } from '../migration.ts'
import { concurrentIndexes } from './index-step.ts'
import { lockKey } from './lock.ts'
import { hasSchema } from './make-schema.ts'
import { migrate } from './migrate.ts'
import { setVersionSql, VERSIONS, versionOf } from './versions.ts'

type Missing = MissingSteps<PostgresMigration>

/** Brings sets of tables up to date, or says what that would come to. @throws CannotOpenDatabase SchemaTooNew */
export async function upgradePostgres(
  target: PostgresTarget,
  options: PostgresOptions,
  sets: readonly TableSet<PostgresMigration>[],
  wished: UpgradeOptions = {},
): Promise<Upgrade> {
  const { dryRun = false } = wished
  const database = await openPostgres(target, { ...options, readOnly: dryRun })
  try {
    const plans = await missingSteps(database.url, chosen(sets, wished), (name) => versionOf(database, name))
    const made = await hasSchema(database, database.schema)
    const done = dryRun ? plans : await applyAll(database, plans)
    return upgradeOf(done, sqlOf(database.schema, made, done))
  } finally {
    await database.close()
  }
}

async function applyAll(database: PostgresDatabase, plans: readonly Missing[]): Promise<readonly Missing[]> {
  const done: Missing[] = []
  for (const plan of plans) done.push(stepsFrom(plan, await apply(database, plan)))
  return done
}

/** A service goes on with the tables of the release before where its role may not change them; who asks for it is told. */
async function apply(
  database: PostgresDatabase,
  { name, migrations, from, missing }: Missing,
): Promise<number> {
  if (missing.length === 0) return from
  const found = await migrate(database, name, migrations)
  const still = (await versionOf(database, name)) < (missing.at(-1)?.version ?? 0)
  if (still) {
    throw new CannotOpenDatabase(
      database.url,
      `this role may not change the tables of the ${name}: let their owner do it, or run what \`eventwright migrate --sql\` prints`,
    )
  }
  return found
}

function sqlOf(schema: string, made: boolean, plans: readonly Missing[]): string {
  const apart = plans.flatMap((plan) => apartOf(plan))
  const together = plans.map((plan) => ({
    ...plan,
    missing: plan.missing.filter((step) => !apart.some((other) => other.step === step)),
  }))
  return [
    'BEGIN;',
    `SELECT pg_advisory_xact_lock(${lockKey(schema)});`,
    ...(made ? [] : [`CREATE SCHEMA ${schema};`]),
    `SET LOCAL search_path TO ${schema};`,
    `${VERSIONS};`,
    ...together.flatMap(({ name, missing }) => missing.flatMap((step) => tablesSql(schema, name, step))),
    'COMMIT;',
    ...apart.flatMap(({ name, step }) => indexesSql(schema, name, step)),
    '',
  ].join('\n')
}

/** From the first step that only builds indexes of tables that are there: those are built outside of a transaction. */
function apartOf({ name, from, missing }: Missing): readonly { name: string; step: PostgresMigration }[] {
  const first = from === 0 ? -1 : missing.findIndex(({ indexesOnly }) => indexesOnly)
  return first < 0 ? [] : missing.slice(first).map((step) => ({ name, step }))
}

function tablesSql(schema: string, name: string, { version, sql }: PostgresMigration): readonly string[] {
  return [
    `-- ${name}, version ${version}`,
    `${sql.trim().replace(/;$/, '')};`,
    recorded(schema, name, version),
  ]
}

function indexesSql(schema: string, name: string, step: PostgresMigration): readonly string[] {
  if (!step.indexesOnly)
    return ['BEGIN;', `SET LOCAL search_path TO ${schema};`, ...tablesSql(schema, name, step), 'COMMIT;']
  const indexes = concurrentIndexes(step, schema).map(({ create }) => `${create};`)
  return [`-- ${name}, version ${step.version}`, ...indexes, recorded(schema, name, step.version)]
}

function recorded(schema: string, name: string, version: number): string {
  return `${setVersionSql(schema, `'${name}'`, String(version))};`
}
