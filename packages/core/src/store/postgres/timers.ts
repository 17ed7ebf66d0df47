import type { StoredTimer, TimerQuery } from '../timers.ts'
import type { Reader } from './look-up.ts'
import type { Tables } from './tables.ts'

interface TimerRow {
  readonly tenant: string
  readonly owner: string
  readonly id: string
  readonly due: number
  readonly data: string
}

/** Earliest first; of those due together, the one that was set first. */
export async function timersDue(
  reader: Reader,
  { timers }: Tables,
  { owner, until, limit }: TimerQuery,
): Promise<readonly StoredTimer[]> {
  const values = [
    limit ?? null,
    ...(owner === undefined ? [] : [owner]),
    ...(until === undefined ? [] : [until]),
  ]
  const conditions = [
    ...(owner === undefined ? [] : ['owner = $2']),
    ...(until === undefined ? [] : [`due <= $${values.length}`]),
  ]
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = await reader.rows<TimerRow>(
    `SELECT tenant, owner, id, due, data FROM ${timers} ${where} ORDER BY due, revision LIMIT $1`,
    values,
  )
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }))
}
