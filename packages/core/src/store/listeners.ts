import type { CommitListener, CommitNews } from './commit-news.ts'

/** Calls each; one that throws is an error of its own, not of the commit that it hears of, so it surfaces alone. */
export function tellAll(listeners: Iterable<CommitListener>, news?: CommitNews): void {
  for (const listener of [...listeners]) {
    try {
      listener(news)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
