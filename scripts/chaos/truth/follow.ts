import type { Rows } from './database.ts'
import { type LoggedEvent, logOf } from './log.ts'

export interface FollowOptions {
  /** Only of these types; default all. */
  readonly types?: readonly string[]
  /**
   * So many positions are looked at again, since an event may appear below others that were seen: this reader keeps
   * to no bound, for what it looks at is what keeps to one. Default 0.
   */
  readonly again?: number
}

/** Gives, at each call, what is new in the logs. */
export function followLogs(
  stores: Iterable<Rows>,
  options: FollowOptions = {},
): () => Promise<readonly LoggedEvent[]> {
  const followers = [...stores].map((rows) => follower(rows, options))
  return async () => (await Promise.all(followers.map((follow) => follow()))).flat()
}

function follower(rows: Rows, { types, again = 0 }: FollowOptions): () => Promise<readonly LoggedEvent[]> {
  const seen = new Set<number>()
  let highest = 0
  return async () => {
    const events = await logOf(rows, { after: Math.max(0, highest - again), ...(types ? { types } : {}) })
    const news = events.filter(({ position }) => !seen.has(position))
    for (const { position } of news) seen.add(position)
    highest = events.at(-1)?.position ?? highest
    return news
  }
}
