import type { EventStore, RecordedEvent } from '@eventwright/core'
import { NotThere } from '../errors.ts'
import type { Point } from './point.ts'

/** A stream of a tenant in a store. */
export interface StreamPlace {
  readonly store: EventStore
  readonly stream: string
  readonly tenant: string
}

const PAGE = 500

/** The events of a stream from its first, up to a version. */
export async function* eventsOf(
  { store, stream, tenant }: StreamPlace,
  to: number,
): AsyncGenerator<RecordedEvent> {
  for (let from = 1; from <= to; from += PAGE) {
    const { events } = await store.read(stream, { tenant, from, to, limit: PAGE })
    yield* events
    if (events.length < PAGE) return
  }
}

/** A point as a version of the stream. */
export interface Reached {
  readonly version: number
  /** Later events that were recorded at an earlier time than the point: a clock was set back. They do not count. */
  readonly outOfOrder: number
}

/** Finds the version at a point. @throws NotThere where the stream has no such version */
export async function reached(place: StreamPlace, point: Point, end: number): Promise<Reached> {
  if (point.kind === 'end') return { version: end, outOfOrder: 0 }
  if (point.kind === 'time') return atTime(place, point.time, end)
  if (point.version <= end) return { version: point.version, outOfOrder: 0 }
  throw new NotThere(`${place.stream} has no version ${point.version}: its last one is ${end}.`)
}

/** The order of a stream is that of its versions: what comes after a later event was not there before it. */
async function atTime(place: StreamPlace, time: number, end: number): Promise<Reached> {
  let version = 0
  let isPast = false
  let outOfOrder = 0
  for await (const event of eventsOf(place, end)) {
    if (event.recordedAt > time) isPast = true
    else if (isPast) outOfOrder++
    else version = event.version
  }
  return { version, outOfOrder }
}

/** The version that the stream stands at. @throws NotThere where there is no such stream */
export async function endOf({ store, stream, tenant }: StreamPlace): Promise<number> {
  const { version } = await store.read(stream, { tenant, limit: 1 })
  if (version > 0) return version
  const of = tenant === '' ? '' : ` of tenant ${tenant}`
  throw new NotThere(
    `There is no stream ${stream}${of}. A stream is named AGGREGATE-ID, such as order-o-1; a tenant's is found with --tenant.`,
  )
}
