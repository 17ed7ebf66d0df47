import { SchemaTooNew } from './errors.ts'

/** One step of our own tables. Steps are only ever added; the newest number is the version of the tables. */
export interface MigrationStep {
  readonly version: number
  /** True: it only makes reading faster, so that who only reads needs no upgrade. */
  readonly indexesOnly?: boolean
}

/** The version that this release knows. */
export function newestOf(steps: readonly MigrationStep[]): number {
  return steps.at(-1)?.version ?? 0
}

/**
 * The steps that tables at version `found` miss. Tables one release newer than this code are accepted, so that
 * releases can roll. @throws SchemaTooNew for two
 */
export function stepsAfter<Step extends MigrationStep>(
  where: string,
  name: string,
  found: number,
  steps: readonly Step[],
): readonly Step[] {
  const known = newestOf(steps)
  if (found > known + 1) throw new SchemaTooNew(where, name, found, known)
  return steps.filter(({ version }) => version > found)
}

/** Why tables at version `found`, which miss these steps, cannot be read; undefined where they can. */
export function unreadable(
  name: string,
  found: number,
  missing: readonly MigrationStep[],
): string | undefined {
  if (found === 0) return `it holds no tables of an eventwright ${name}`
  const needed = missing.findLast(({ indexesOnly }) => !indexesOnly)
  if (needed === undefined) return undefined
  return `its tables of the ${name} are at version ${found}, which this release reads from version ${needed.version} on: start the service with this release once, or look with the one that it runs`
}
