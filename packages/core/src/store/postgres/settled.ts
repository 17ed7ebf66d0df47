import { StoreReadOnly } from '../errors.ts'
import { POSITION_BITS, POSITION_MASK, THIS_DATABASE } from './advisory.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

/**
 * The position up to which the log is final, by a statement of its own: one that read rows too would look at them as
 * they were before it asked. It is that of an event, not the bound itself: what the sequence gave to a transaction
 * that was rolled back, a server that crashes may give again, to an event that whoever passed the bound never sees.
 * @throws StoreReadOnly on a standby, where nobody's locks can be seen
 */
export async function settled(reader: Reader, url: string, tables: Tables): Promise<number> {
  const [row] = await reader.rows<{ readonly standby: boolean; readonly last: number | null }>(
    askBound(tables),
  )
  if (row?.standby) {
    throw new StoreReadOnly(
      url,
      'is a standby now, which does not know what is about to be written: read from the primary',
    )
  }
  return row?.last ?? 0
}

/** The sequence's last value; 0 before the first, which `last_value` would call 1. */
export function lastPosition({ positions }: Tables): string {
  return `(SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${positions} OFFSET 0)`
}

/** The locks are looked at for the row of the sequence that was read, so after it. What is below the lower of both is final. */
function askBound(tables: Tables): string {
  const announced = '((l.classid::bigint & 255) << 32) | l.objid::bigint'
  const bound = `least(s.last, (
      SELECT min(s.last - ((s.last - (${announced})) & ${POSITION_MASK})) FROM pg_locks l
      WHERE ${isAnnounced(tables)}))`
  return `SELECT pg_is_in_recovery() AS standby,
      (SELECT max(e.position) FROM ${tables.events} e WHERE e.position <= b.bound) AS last
    FROM (SELECT ${bound} AS bound FROM ${lastPosition(tables)} s OFFSET 0) b`
}

/**
 * Tells readers, before any position is taken, that one above the last may still appear. Once a transaction: a lock
 * an append would fill the table of locks.
 */
export function announce(tables: Tables): string {
  return `SELECT ${announcing(tables)}, set_config('eventwright.announced', ${tables.number}::text, true)
    FROM ${lastPosition(tables)} s
    WHERE current_setting('eventwright.announced', true) IS DISTINCT FROM ${tables.number}::text`
}

/** Takes the lock, for the last position of `s`. */
export function announcing(tables: Tables): string {
  return `pg_advisory_xact_lock_shared((${upperBits(tables)} << ${POSITION_BITS}) | (s.last & ${POSITION_MASK}))`
}

/** Of a lock that announces, as a row `l` of pg_locks. */
export function isAnnounced(tables: Tables): string {
  return `l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint >> 8 = ${upperBits(tables)}
        AND l.database = ${THIS_DATABASE}`
}

function upperBits({ number }: Tables): string {
  return `(${number} & ${2 ** (64 - POSITION_BITS) - 1})`
}
