/** No lock in time, a deadlock, a failure to serialise, or a row that another one has just made. */
const CONTENDED = new Set<string | undefined>(['55P03', '40P01', '40001', '23505'])

/** Whether a statement failed for what others do at the same time, by its SQLSTATE. */
export function isContended(state: string | undefined): boolean {
  return CONTENDED.has(state)
}
