import type { PostgresDatabase } from './database.ts'

/** Our tables and sequences with their schema, as SQL has them. `schema` is quoted. */
export interface Tables {
  readonly log: string
  readonly positions: string
  readonly revisions: string
  readonly commits: string
  readonly streams: string
  readonly events: string
  readonly commands: string
  readonly documents: string
  readonly marks: string
  readonly ids: string
  readonly checkpoints: string
  readonly timers: string
  readonly fences: string
  readonly leases: string
  /** The log's number among the objects of its database: what its advisory locks are told apart by. */
  readonly number: string
}

export function tablesOf({ schema }: Pick<PostgresDatabase, 'schema'>): Tables {
  const named = (name: string): string => `${schema}.eventwright_${name}`
  return {
    log: named('log'),
    positions: named('positions'),
    revisions: named('revisions'),
    commits: named('commits'),
    streams: named('streams'),
    events: named('events'),
    commands: named('commands'),
    documents: named('documents'),
    marks: named('inbox_marks'),
    ids: named('inbox_ids'),
    checkpoints: named('checkpoints'),
    timers: named('timers'),
    fences: named('fences'),
    leases: named('leases'),
    number: `'${named('positions').replaceAll("'", "''")}'::regclass::oid::bigint`,
  }
}
