import type { Batch } from './settle/index.ts'

/** What a commit changed, as far as a listener may pass it over. */
export interface CommitNews {
  /** The log grew. */
  readonly events: boolean
  readonly timers: boolean
  /** The names of the collections in which documents changed. */
  readonly collections: ReadonlySet<string>
}

/** Called without news where nobody knows what was changed: anything may have been. */
export type CommitListener = (news?: CommitNews) => void

export function newsIn({ events, timers, documents }: Batch): CommitNews {
  const collections = new Set([...documents.values()].map(({ name }) => name))
  return { events: events.length > 0, timers: timers.size > 0, collections }
}

/** Of both. */
export function joinNews(one: CommitNews | undefined, other: CommitNews | undefined): CommitNews | undefined {
  if (one === undefined || other === undefined) return undefined
  return {
    events: one.events || other.events,
    timers: one.timers || other.timers,
    collections: one.collections.union(other.collections),
  }
}
