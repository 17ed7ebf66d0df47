import type { RecordedEvent } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'
import type { ParkedSummary } from './parking.ts'
import { itemsOf, type RelayItem, type Route } from './relay-item.ts'

/** An event of the log with what it sends. */
export interface RoutedEvent {
  readonly event: RecordedEvent
  readonly items: readonly RelayItem[]
}

export interface RelaySlice {
  readonly events: readonly RoutedEvent[]
  /** The position that was examined: what comes after it is read next. */
  readonly examined: number
  /** There may be more. */
  readonly isFull: boolean
  /** What was parked when it was read. */
  readonly parked: ParkedSummary | undefined
}

export interface RelayReaderSettings {
  readonly route: Route
  readonly prepare: () => Promise<void>
  /** What is parked. */
  readonly look: () => Promise<ParkedSummary | undefined>
  /** Most events of a slice. */
  readonly limit: number
}

/** Reads the log and makes its messages, at most one slice ahead of what is published. */
export interface RelayReader {
  /** What comes after this position. */
  after(position: number): Promise<RelaySlice>
  /** Begins to read what comes after this position. */
  begin(position: number): void
  /** What was read ahead is not used; resolves when nothing is being read. */
  forget(): Promise<void>
}

/** What a slice should have at most, so that two of them in memory are no burden. */
const SLICE_BYTES = 8_000_000
/** Nothing is known of a log before it is read: its first slice is a short one. */
const BYTES_AT_FIRST = SLICE_BYTES / 100

export function relayReader(store: EventStore, settings: RelayReaderSettings): RelayReader {
  const { route, prepare, look } = settings
  let bytesEach = BYTES_AT_FIRST
  let ahead: { readonly after: number; readonly slice: Promise<RelaySlice> } | undefined

  async function read(after: number): Promise<RelaySlice> {
    const limit = Math.max(1, Math.min(settings.limit, Math.floor(SLICE_BYTES / bytesEach)))
    const [parked, { events, examined }] = await Promise.all([
      look(),
      store.readAll({ after, limit, raw: true }),
    ])
    if (events.length > 0) await prepare()
    const routed = events.map((event) => ({ event, items: itemsOf(event, route) }))
    if (events.length > 0) bytesEach = Math.max(1, bytesOf(routed) / events.length)
    return { events: routed, examined, isFull: events.length >= limit, parked }
  }

  async function readAhead(position: number): Promise<RelaySlice | undefined> {
    const begun = ahead
    ahead = undefined
    const slice = await begun?.slice
    // Where nothing was there then, there may be something now.
    return begun?.after === position && slice?.events.length ? slice : undefined
  }

  return {
    after: async (position) => (await readAhead(position)) ?? read(position),
    begin(position) {
      const slice = read(position)
      // Told to who asks for it.
      slice.catch(() => {})
      ahead = { after: position, slice }
    },
    async forget() {
      await readAhead(0).catch(() => {})
    },
  }
}

function bytesOf(events: readonly RoutedEvent[]): number {
  return events.reduce((sum, { items }) => items.reduce((more, { bytes }) => more + bytes, sum), 0)
}
