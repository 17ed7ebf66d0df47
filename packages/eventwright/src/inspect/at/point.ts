import { NotThere } from '../errors.ts'
import { momentOf } from '../log/when.ts'

/** A point in a stream's life. */
export type Point =
  | { readonly kind: 'version'; readonly version: number }
  /** Milliseconds since 1970. */
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'end' }

/** Reads a version, a time (ISO 8601, or how long ago: `10m`), or `now`. @throws NotThere */
export function pointOf(text: string, now: number): Point {
  if (text === '' || text === 'now') return { kind: 'end' }
  if (/^\d+$/.test(text)) return { kind: 'version', version: Number(text) }
  return { kind: 'time', time: timeOf(text, now) }
}

/** Reads a time: ISO 8601, or how long ago (`90s`, `10m`, `2h`, `3d`). @throws NotThere */
export function timeOf(text: string, now: number): number {
  const time = momentOf(text, now)
  if (time !== undefined) return time
  throw new NotThere(`'${text}' is no time: write 2026-01-31T12:00:00Z, or how long ago, such as 10m.`)
}

/** Two points as `3..7`, `10m..now` or `3..`. @throws NotThere */
export function rangeOf(text: string, now: number): { readonly from: Point; readonly to: Point } {
  const [from = '', to = '', ...more] = text.split('..')
  if (from === '' || more.length > 0)
    throw new NotThere(`'${text}' are no two points: write them as 3..7, or as 2h..10m.`)
  return { from: pointOf(from, now), to: pointOf(to, now) }
}
