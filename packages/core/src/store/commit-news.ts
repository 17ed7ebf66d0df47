import type { Batch } from './settle/index.ts'

/** What a commit changed, as far as a listener may pass it over. */
export interface CommitNews {
  readonly timers: boolean
  /** The names of the collections in which documents changed. */
  readonly collections: ReadonlySet<string>
}

/** Called without news where nobody knows what was changed: anything may have been. */
export type CommitListener = (news?: CommitNews) => void

export function newsIn({ timers, documents }: Batch): CommitNews {
  const collections = new Set([...documents.values()].map(({ name }) => name))
  return { timers: timers.size > 0, collections }
}

/** Of both. */
export function joinNews(one: CommitNews | undefined, other: CommitNews | undefined): CommitNews | undefined {
  if (one === undefined || other === undefined) return undefined
  return {
    timers: one.timers || other.timers,
    collections: one.collections.union(other.collections),
  }
}
