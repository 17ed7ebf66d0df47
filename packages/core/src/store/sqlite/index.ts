export type { SqliteConnection, SqlValue } from './connection.ts'
export { openSqliteFile, type SqliteFile, type SqliteFileOptions } from './file.ts'
export type { Migration } from './migrate.ts'
