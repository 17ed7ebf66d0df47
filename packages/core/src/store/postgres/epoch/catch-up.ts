import type { PostgresSession } from '../database.ts'
import type { Tables } from '../tables.ts'

/**
 * Brings sequences behind what the tables hold: a log that came by logical replication has its rows and not its
 * sequences. Positions would be given again, and in a gap stand below those that readers have passed.
 */
export async function catchUp({ rows }: PostgresSession, tables: Tables): Promise<void> {
  const { positions, events, streams } = tables
  await rows(forward('$1::regclass', `SELECT max(position) FROM ${events}`), [positions])
  await rows(forward("pg_get_serial_sequence($1, 'key')::regclass", `SELECT max(key) FROM ${streams}`), [
    streams,
  ])
}

function forward(sequence: string, last: string): string {
  return `SELECT setval(s.sequence, s.last) FROM (SELECT ${sequence} AS sequence, (${last}) AS last) s
    WHERE s.last > coalesce(pg_sequence_last_value(s.sequence), 0)`
}
