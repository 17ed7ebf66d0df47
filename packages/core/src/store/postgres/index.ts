export { sqlState } from './database/faults.ts'
export { openPostgres } from './database/open.ts'
export type { PostgresOptions, PostgresTarget } from './database/options.ts'
export type { PostgresDatabase, PostgresSession, TransactionSettings } from './database.ts'
