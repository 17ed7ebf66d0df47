import { type MigrationStep, newestOf, stepsAfter } from './migration-steps.ts'

/** Which tables of a place: those of a store, or those of a broker. */
export type TablesName = 'store' | 'broker'

/** What bringing tables up to date comes to. */
export interface Upgrade {
  /** The versions that each set of tables comes from and goes to; the same where nothing is missing. Version 0 is none. */
  readonly tables: readonly { readonly name: TablesName; readonly from: number; readonly to: number }[]
  /** The SQL of it, for those who apply it by hand: tables that it was applied to count as upgraded. `''` where nothing is missing. */
  readonly sql: string
}

/** Which tables are brought up to date, or only looked at. */
export interface UpgradeOptions {
  /** Default both. */
  readonly tables?: readonly TablesName[]
  /** True: says what is missing, and changes nothing. Default false. */
  readonly dryRun?: boolean
}

/** A set of tables with the steps that lead to them. */
export interface TableSet<Step extends MigrationStep> {
  readonly name: TablesName
  readonly migrations: readonly Step[]
}

export interface MissingSteps<Step extends MigrationStep> extends TableSet<Step> {
  readonly from: number
  readonly missing: readonly Step[]
}

/** @throws SchemaTooNew */
export async function missingSteps<Step extends MigrationStep>(
  where: string,
  sets: readonly TableSet<Step>[],
  versionOf: (name: TablesName) => Promise<number>,
): Promise<readonly MissingSteps<Step>[]> {
  const found: MissingSteps<Step>[] = []
  for (const { name, migrations } of sets) {
    const from = await versionOf(name)
    found.push({ name, migrations, from, missing: stepsAfter(where, name, from, migrations) })
  }
  return found
}

/** What was there to do for this process, where the tables then stood at `from`: another one may have done it first. */
export function stepsFrom<Step extends MigrationStep>(
  plan: MissingSteps<Step>,
  from: number,
): MissingSteps<Step> {
  return { ...plan, from, missing: plan.missing.filter(({ version }) => version > from) }
}

export function upgradeOf<Step extends MigrationStep>(
  plans: readonly MissingSteps<Step>[],
  sql: string,
): Upgrade {
  return {
    tables: plans.map(({ name, from, migrations }) => ({
      name,
      from,
      to: Math.max(from, newestOf(migrations)),
    })),
    sql: plans.every(({ missing }) => missing.length === 0) ? '' : sql,
  }
}

export function chosen<Set extends { readonly name: TablesName }>(
  sets: readonly Set[],
  { tables }: UpgradeOptions,
): readonly Set[] {
  return sets.filter(({ name }) => tables === undefined || tables.includes(name))
}
