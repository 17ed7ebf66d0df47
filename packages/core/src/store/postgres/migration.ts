import type { MigrationStep } from '../migration-steps.ts'

/** One step of our own tables. With `indexesOnly` its SQL is `CREATE INDEX name ON table …;` and nothing else. */
export interface PostgresMigration extends MigrationStep {
  /** Statements that run in one transaction whose search path is our schema alone, so names in it stand without one. */
  readonly sql: string
}
