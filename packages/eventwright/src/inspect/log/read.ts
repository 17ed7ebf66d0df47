import { type EventStore, isTechnical, type LogQuery, type RecordedEvent } from '@eventwright/core'

/** What is asked of a log, whatever its direction and length. */
export type LogFilter = Pick<
  LogQuery,
  'stream' | 'types' | 'since' | 'until' | 'correlationId' | 'tenant'
> & {
  /** True: also what Eventwright itself records. Types that are named are shown in any case. */
  readonly technical: boolean
}

/** A part of the answer, with how many technical events were left out of it. */
export interface LogPage {
  readonly events: readonly RecordedEvent[]
  readonly hidden: number
}

const PAGE = 1_000

/** The log from `after` to its end, or to `before`, in order. */
export async function* forward(
  store: EventStore,
  filter: LogFilter,
  { after, before }: { readonly after: number; readonly before: number },
): AsyncGenerator<LogPage> {
  for (let from = after; ; ) {
    const { events, examined } = await store.readAll({ ...queryOf(filter), after: from, before, limit: PAGE })
    if (events.length > 0) yield pageOf(filter, events)
    if (events.length < PAGE) return
    from = examined
  }
}

/** The last `count` events below `before`, in order. */
export async function lastOf(
  store: EventStore,
  filter: LogFilter,
  count: number,
  before: number,
): Promise<LogPage> {
  const pages: LogPage[] = []
  let missing = count
  for (let to = before; missing > 0; ) {
    const limit = Math.min(PAGE, filter.technical ? missing : PAGE)
    const query = { ...queryOf(filter), before: to, limit, direction: 'backward' } as const
    const { events, examined } = await store.readAll(query)
    const { events: shown, hidden } = pageOf(filter, events)
    pages.push({ events: shown.slice(0, missing), hidden })
    missing -= shown.length
    if (events.length < limit) break
    to = examined
  }
  return {
    events: pages.flatMap(({ events }) => events).toReversed(),
    hidden: pages.reduce((sum, { hidden }) => sum + hidden, 0),
  }
}

/** What comes, as it comes: pages from `after` on, until the signal. */
export async function* follow(
  store: EventStore,
  filter: LogFilter,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LogPage> {
  let news = Promise.withResolvers<void>()
  const ring = (): void => news.resolve()
  const endListening = store.onCommit(ring)
  // Also holds the process: listening to a store does not.
  const heartbeat = setInterval(ring, HEARTBEAT)
  signal.addEventListener('abort', ring)
  try {
    for (let from = after; !signal.aborted; ) {
      news = Promise.withResolvers()
      const { events, examined } = await store.readAll({ ...queryOf(filter), after: from, limit: PAGE })
      from = examined
      if (events.length > 0) yield pageOf(filter, events)
      else await news.promise
    }
  } finally {
    signal.removeEventListener('abort', ring)
    clearInterval(heartbeat)
    endListening()
  }
}

/** A change that no mark showed, on a file system that tells late, is seen by then. */
const HEARTBEAT = 1_000

function queryOf({ technical: _, ...query }: LogFilter): LogQuery {
  return { ...query, raw: true }
}

function pageOf({ technical, types }: LogFilter, all: readonly RecordedEvent[]): LogPage {
  if (technical || types !== undefined) return { events: all, hidden: 0 }
  const events = all.filter(({ type }) => !isTechnical(type))
  return { events, hidden: all.length - events.length }
}
