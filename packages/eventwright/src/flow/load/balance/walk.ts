import type { EventStore, RecordedEvent } from '@eventwright/core'

const PAGE = 1000

export interface Walk {
  readonly tenant: string
  /** Up to this position, included. */
  readonly to: number
  readonly see: (event: RecordedEvent) => void
  readonly onPage?: (position: number) => void
}

/** Shows every event of a tenant in the order of the log, page by page: nothing is kept of a page that was seen. */
export async function walkLog(
  store: Pick<EventStore, 'readAll'>,
  { tenant, to, see, onPage }: Walk,
): Promise<void> {
  for (let after = 0; after < to; ) {
    const { events, examined } = await store.readAll({ after, tenant, limit: PAGE })
    for (const event of events) if (event.position <= to) see(event)
    if (examined === after) return
    after = examined
    onPage?.(Math.min(after, to))
  }
}
