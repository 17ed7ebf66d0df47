import { COMMITTING_SLOT, lockSpace, THIS_DATABASE } from './advisory.ts'
import type { Reader } from './look-up.ts'
import { isAnnounced } from './settled.ts'
import type { Tables } from './tables.ts'

/**
 * Counts the commit that is about to be made: first the lock that says so, then the number, then what it writes. So
 * whoever reads the number and sees no lock has what was counted behind it.
 */
export function countCommit(tables: Tables): string {
  return `SELECT CASE WHEN pg_advisory_xact_lock_shared(${lockSpace(tables)}, ${COMMITTING_SLOT})::text IS NOT NULL
    THEN ${nextCommit(tables)} END`
}

/**
 * Rises with each commit that is counted. While one is about to be made, it is a number that is never given twice;
 * that commit makes none after it.
 */
export async function commitsSeen(database: Reader, tables: Tables): Promise<number> {
  const [row] = await database.rows<{ readonly last: number; readonly open: boolean }>(askCommits(tables))
  if (!row?.open) return 2 * (row?.last ?? 0)
  const [next] = await database.rows<{ readonly last: number }>(`SELECT ${nextCommit(tables)} AS last`)
  return 2 * (next?.last ?? 0) - 1
}

export function nextCommit({ commits }: Tables): string {
  return `nextval('${commits.replaceAll("'", "''")}')`
}

/** The locks are looked at for the row of the sequence that was read, so after it. Who announces events may count them. */
function askCommits(tables: Tables): string {
  return `SELECT c.last, EXISTS (
      SELECT FROM pg_locks l WHERE c.last IS NOT NULL AND (
        ${isAnnounced(tables)} OR
        l.locktype = 'advisory' AND l.objsubid = 2 AND l.classid::bigint = ${tables.number}
          AND l.objid = ${COMMITTING_SLOT} AND l.database = ${THIS_DATABASE})) AS open
    FROM (SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${tables.commits} OFFSET 0) c`
}
