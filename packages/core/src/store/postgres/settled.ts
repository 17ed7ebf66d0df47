import { StoreReadOnly } from '../errors.ts'
import { POSITION_BITS, POSITION_MASK, THIS_DATABASE } from './advisory.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

/**
 * The position up to which the log is final, by a statement of its own: one that read rows too would look at them as
 * they were before it asked.
 * @throws StoreReadOnly on a standby, where nobody's locks can be seen
 */
export async function settled(reader: Reader, url: string, tables: Tables): Promise<number> {
  const [row] = await reader.rows<{ readonly standby: boolean; readonly bound: number }>(askBound(tables))
  if (row?.standby) {
    throw new StoreReadOnly(
      url,
      'is a standby now, which does not know what is about to be written: read from the primary',
    )
  }
  return row?.bound ?? 0
}

/** The sequence's last value; 0 before the first, which `last_value` would call 1. */
export function lastPosition({ positions }: Tables): string {
  return `(SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${positions} OFFSET 0)`
}

/** The locks are looked at for the row of the sequence that was read, so after it. */
function askBound(tables: Tables): string {
  const store = `(${tables.number} & ${2 ** (64 - POSITION_BITS) - 1})`
  const announced = '((l.classid::bigint & 255) << 32) | l.objid::bigint'
  return `SELECT pg_is_in_recovery() AS standby, least(s.last, (
      SELECT min(s.last - ((s.last - (${announced})) & ${POSITION_MASK})) FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint >> 8 = ${store}
        AND l.database = ${THIS_DATABASE})) AS bound
    FROM ${lastPosition(tables)} s`
}

/**
 * Tells readers, before any position is taken, that one above the last may still appear. Once a transaction: a lock
 * an append would fill the table of locks.
 */
export function announce(tables: Tables): string {
  const store = `(${tables.number} & ${2 ** (64 - POSITION_BITS) - 1})`
  return `SELECT pg_advisory_xact_lock_shared((${store} << ${POSITION_BITS}) | (s.last & ${POSITION_MASK})),
      set_config('eventwright.announced', ${tables.number}::text, true)
    FROM ${lastPosition(tables)} s
    WHERE current_setting('eventwright.announced', true) IS DISTINCT FROM ${tables.number}::text`
}
