import { existsSync } from 'node:fs'
import {
  chosen,
  type MissingSteps,
  missingSteps,
  stepsFrom,
  type TableSet,
  type Upgrade,
  type UpgradeOptions,
  upgradeOf,
} from '../upgrade.ts'
import { openSqliteFile, type SqliteFile, type SqliteFileOptions } from './file.ts'
import { foundVersion, type Migration, SCHEMA_TABLE } from './migrate.ts'

/** Brings sets of tables up to date, or says what that would come to. @throws CannotOpenFile SchemaTooNew */
export async function upgradeSqlite(
  path: string,
  options: SqliteFileOptions,
  sets: readonly TableSet<Migration>[],
  wished: UpgradeOptions = {},
): Promise<Upgrade> {
  const { dryRun = false } = wished
  const asked = chosen(sets, wished)
  if (dryRun && !existsSync(path)) return planned(await missingSteps(path, asked, async () => 0))
  const file = await openSqliteFile(path, { ...options, readOnly: dryRun })
  try {
    const plans = await missingSteps(path, asked, (name) => file.read((db) => foundVersion(db, name)))
    return planned(dryRun ? plans : await applyAll(file, plans))
  } finally {
    await file.close()
  }
}

async function applyAll(
  file: SqliteFile,
  plans: readonly MissingSteps<Migration>[],
): Promise<readonly MissingSteps<Migration>[]> {
  const done: MissingSteps<Migration>[] = []
  for (const plan of plans) done.push(stepsFrom(plan, await file.migrate(plan.name, plan.migrations)))
  return done
}

function planned(plans: readonly MissingSteps<Migration>[]): Upgrade {
  const steps = plans.flatMap(({ name, missing }) =>
    missing.flatMap(({ version, sql }) => [
      `-- ${name}, version ${version}`,
      `${sql.trim().replace(/;$/, '')};`,
      `INSERT INTO eventwright_schema (name, version) VALUES ('${name}', ${version}) ON CONFLICT (name) DO UPDATE SET version = excluded.version;`,
    ]),
  )
  return upgradeOf(plans, ['BEGIN IMMEDIATE;', `${SCHEMA_TABLE};`, ...steps, 'COMMIT;', ''].join('\n'))
}
