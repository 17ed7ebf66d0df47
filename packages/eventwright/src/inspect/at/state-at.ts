import type { RecordedEvent } from '@eventwright/core'
import { type Difference, differences } from '../diff.ts'
import type { Fold } from './fold.ts'
import type { Point } from './point.ts'
import { endOf, eventsOf, reached, type StreamPlace } from './stream.ts'

/** The event after which a state is told. */
export type Taken = Pick<RecordedEvent, 'id' | 'type' | 'version' | 'position' | 'recordedAt'>

/** A stream's state at a point. */
export interface StateAt {
  readonly version: number
  /** The last version that the stream has. */
  readonly of: number
  /** The last event that was taken; none at version 0. */
  readonly last?: Taken
  readonly state: unknown
  /** Later events with a time before the point, which do not count. */
  readonly outOfOrder: number
}

/** Folds a stream up to a point. @throws NotThere BrokenCode */
export async function stateAt(place: StreamPlace, fold: Fold, point: Point): Promise<StateAt> {
  const of = await endOf(place)
  const { version, outOfOrder } = await reached(place, point, of)
  let last: Taken | undefined
  for await (const event of eventsOf(place, version)) {
    fold.take(event)
    last = takenOf(event)
  }
  return { version, of, ...(last ? { last } : {}), state: fold.state(), outOfOrder }
}

/** A field that is another at the end than at the start. */
export interface Change extends Difference {
  /** The event that gave it the value that it has at the end. */
  readonly by: Taken
  /** How many events changed it. */
  readonly times: number
}

/** What changed in a stream's state between two points. */
export interface Changes {
  readonly from: number
  readonly to: number
  readonly of: number
  readonly changes: readonly Change[]
  readonly outOfOrder: number
}

/** Folds a stream and says what changed from one point to another, and by which event. @throws NotThere BrokenCode */
export async function changesBetween(
  place: StreamPlace,
  fold: Fold,
  points: { readonly from: Point; readonly to: Point },
): Promise<Changes> {
  const of = await endOf(place)
  const [one, other] = [await reached(place, points.from, of), await reached(place, points.to, of)]
  const [from, to] = [Math.min(one.version, other.version), Math.max(one.version, other.version)]
  const touched = new Map<string, { readonly by: Taken; readonly times: number }>()
  let before = fold.state()
  let current = before
  for await (const event of eventsOf(place, to)) {
    fold.take(event)
    if (event.version < from) continue
    const next = fold.state()
    if (event.version === from) before = next
    else touch(touched, current, next, takenOf(event))
    current = next
  }
  const changes = differences(before, current).map((change) => ({
    ...change,
    ...whoChanged(touched, change.path),
  }))
  return { from, to, of, changes, outOfOrder: Math.max(one.outOfOrder, other.outOfOrder) }
}

type Touched = Map<string, { readonly by: Taken; readonly times: number }>

function touch(touched: Touched, before: unknown, after: unknown, by: Taken): void {
  for (const { path } of differences(before, after)) {
    const times = (touched.get(path)?.times ?? 0) + 1
    touched.set(path, { by, times })
  }
}

/** A field may have been changed as a part of what it stands in, or part by part. */
function whoChanged(touched: Touched, path: string): { readonly by: Taken; readonly times: number } {
  const related = [...touched].filter(([other]) => isWithin(other, path) || isWithin(path, other))
  const [last] = related.map(([, { by }]) => by).sort((a, b) => b.version - a.version)
  if (last === undefined) throw new RangeError(`nothing changed ${path}`)
  return { by: last, times: related.reduce((sum, [, { times }]) => sum + times, 0) }
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || outer === '' || (path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length)))
}

function takenOf({ id, type, version, position, recordedAt }: RecordedEvent): Taken {
  return { id, type, version, position, recordedAt }
}
