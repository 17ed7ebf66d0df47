import type { PostgresMigration } from '../migration.ts'

/** Each statement of a step of indexes, so that writers of the table go on meanwhile: outside of a transaction. */
export function concurrentIndexes({ version, sql }: PostgresMigration, schema: string): readonly Index[] {
  return sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .map((statement) => {
      const [, unique = '', name, rest] = /^CREATE (UNIQUE )?INDEX (\w+) ON (.+)$/s.exec(statement) ?? []
      if (name === undefined) throw new Error(`step ${version} is more than indexes: ${statement}`)
      return {
        name,
        create: `CREATE ${unique}INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${schema}.${rest}`,
        drop: `DROP INDEX CONCURRENTLY IF EXISTS ${schema}.${name}`,
      }
    })
}

export interface Index {
  readonly name: string
  readonly create: string
  readonly drop: string
}
