import { durationMs } from '../../flow/index.ts'

const ISO = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i

/**
 * A moment in milliseconds since 1970: a time in ISO 8601 (without a zone, UTC), or so long before `now` (`10m`, `2h`).
 * `undefined` where it is neither.
 */
export function momentOf(text: string, now: number): number | undefined {
  const ago = durationMs(text)
  if (ago !== undefined) return now - ago
  if (!ISO.test(text)) return undefined
  const time = Date.parse(/[T ]/.test(text) && !/(Z|[+-]\d\d:\d\d)$/i.test(text) ? `${text}Z` : text)
  return Number.isNaN(time) ? undefined : time
}
