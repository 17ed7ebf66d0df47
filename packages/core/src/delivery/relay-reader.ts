import type { RecordedEvent } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'
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
}

export interface RelayReaderOptions {
  readonly route: Route
  readonly prepare?: (() => Promise<void>) | undefined
  /** Most events of one slice. */
  readonly limit: number
}

/** Reads the log, one slice ahead of what is published. */
export interface RelayReader {
  /** What comes after this position. */
  after(position: number): Promise<RelaySlice>
  /** Begins to read what comes after this position, one slice and no more, and to make its messages. */
  begin(position: number): void
  /** What was read ahead is not used; resolves when nothing is being read. */
  forget(): Promise<void>
}

export function relayReader(store: EventStore, { route, prepare, limit }: RelayReaderOptions): RelayReader {
  let ahead: { readonly after: number; readonly slice: Promise<RelaySlice> } | undefined

  async function read(after: number): Promise<RelaySlice> {
    const { events, examined } = await store.readAll({ after, limit, raw: true })
    if (events.length > 0) await prepare?.()
    return {
      events: events.map((event) => ({ event, items: itemsOf(event, route) })),
      examined,
      isFull: events.length >= limit,
    }
  }

  async function kept(position: number): Promise<RelaySlice | undefined> {
    const begun = ahead
    ahead = undefined
    const slice = await begun?.slice
    // Nothing was there then; there may be something now.
    return begun?.after === position && slice?.events.length ? slice : undefined
  }

  return {
    after: async (position) => (await kept(position)) ?? read(position),
    begin(position) {
      const slice = read(position)
      // Told to who asks for it.
      slice.catch(() => {})
      ahead = { after: position, slice }
    },
    async forget() {
      await kept(0).catch(() => {})
    },
  }
}
