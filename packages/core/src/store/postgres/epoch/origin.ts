import { sqlState } from '../database/faults.ts'
import type { PostgresSession } from '../database.ts'
import type { Tables } from '../tables.ts'

const UNKNOWN = '?'

/**
 * Which history of which server a log lives in: the cluster's identifier, its timeline, and the number of the log's own
 * table. Another cluster, a recovery to a point in time, a standby that took over, and a dump that was read back each
 * change one of them; a copy of the server's files changes none. `?` where the role may not ask.
 */
export async function originOf(reader: Pick<PostgresSession, 'rows'>, tables: Tables): Promise<string> {
  const cluster = await tell(reader, 'SELECT system_identifier::text AS told FROM pg_control_system()')
  // That of what is written now: the control file learns of a new timeline at a checkpoint only.
  const timeline = await tell(reader, 'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS told')
  const table = await tell(
    reader,
    `SELECT '${tables.log.replaceAll("'", "''")}'::regclass::oid::text AS told`,
  )
  return `${cluster}/${timeline}/${table}`
}

async function tell({ rows }: Pick<PostgresSession, 'rows'>, sql: string): Promise<string> {
  try {
    return (await rows<{ readonly told: string }>(sql))[0]?.told ?? UNKNOWN
  } catch (error) {
    if (sqlState(error) === '42501') return UNKNOWN
    throw error
  }
}

/**
 * True where the log that lived in `before` lives on in `now`. What one of them does not know changes nothing; with
 * `laterTimelines` a later timeline of the same log does not either.
 */
export function livesOn(before: string, now: string, laterTimelines: boolean): boolean {
  const [cluster, timeline, table] = before.split('/')
  const [itsCluster, itsTimeline, itsTable] = now.split('/')
  if (!isSame(cluster, itsCluster) || !isSame(table, itsTable)) return false
  return isSame(timeline, itsTimeline) || (laterTimelines && isLater(timeline, itsTimeline))
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one === other || one === UNKNOWN || other === UNKNOWN
}

/** Timelines are numbers of eight hexadecimal digits. */
function isLater(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && now > before
}
