export { sqlState } from './database/faults.ts'
export { openPostgres } from './database/open.ts'
export type { PostgresOptions, PostgresTarget } from './database/options.ts'
export { urlOfTarget } from './database/plan.ts'
export type {
  PostgresDatabase,
  PostgresSession,
  StatementSettings,
  TransactionSettings,
} from './database.ts'
export { template } from './join/template.ts'
export { migrate } from './migrate/migrate.ts'
export { upgradePostgres } from './migrate/upgrade.ts'
export type { PostgresMigration } from './migration.ts'
export { storeMigrations } from './migrations.ts'
export { type PostgresStoreEngine, postgresStoreEngine } from './store-engine.ts'
