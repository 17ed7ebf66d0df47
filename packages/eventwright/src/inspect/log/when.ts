import { durationMs } from '../../flow/index.ts'

const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i

/**
 * A moment in milliseconds since 1970: a time in ISO 8601 (without a zone, UTC), or so long before `now` (`10m`, `2h`).
 * `undefined` where it is neither.
 */
export function momentOf(text: string, now: number): number | undefined {
  const ago = durationMs(text)
  if (ago !== undefined) return now - ago
  if (!ISO.test(text) || !isDay(text.slice(0, 10))) return undefined
  const time = Date.parse(/[T ]/.test(text) && !/(Z|[+-]\d\d:\d\d)$/i.test(text) ? `${text}Z` : text)
  return Number.isNaN(time) ? undefined : time
}

/** `Date.parse` takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
