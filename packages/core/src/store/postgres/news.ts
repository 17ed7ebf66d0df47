import { AsyncLocalStorage } from 'node:async_hooks'
import { newId } from '../../event/index.ts'
import { type CommitListener, type CommitNews, joinNews } from '../commit-news.ts'
import { tellAll } from '../listeners.ts'
import type { PostgresDatabase, PostgresSession } from './database.ts'
import { newsOfNotice, noticeOf } from './notice.ts'
import type { Tables } from './tables.ts'

/** Who hears of commits: the listeners of this process at once, other processes by NOTIFY. */
export interface News {
  /** A commit of this process. */
  tell(news: CommitNews): void
  on(listener: CommitListener): () => void
  close(): Promise<void>
}

/** What the stores of one schema in this process have in common. */
interface Shared {
  readonly listeners: Set<CommitListener>
}

const CHANNEL = 'eventwright_commits'
const SENDER = newId()
/** Milliseconds. NOTIFY takes turns with all others of the server, so it is not sent with each commit. */
const AT_MOST_EVERY = 5

/** Its own commit need not wait for the disk: what it tells of is there already. */
const NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)"

const shared = new WeakMap<object, Shared>()

/** Milliseconds. A process that was killed between its commit and its NOTIFY told nobody. */
const LOOK_EVERY = 1_000

export function newsOf(database: PostgresDatabase, { commits }: Tables): News {
  const { listeners } = shared.get(database.resource) ?? { listeners: new Set<CommitListener>() }
  shared.set(database.resource, { listeners })
  const listening = new Set<CommitListener>()
  let deaf: (() => void) | undefined
  let sending: Promise<unknown> | undefined
  let untold: { readonly news: CommitNews | undefined } | undefined
  let looking: NodeJS.Timeout | undefined
  let seen: number | undefined
  let isLooking = false

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    const sql = `SELECT last_value AS last FROM ${commits}`
    const [row] = await database.rows<{ readonly last: number }>(sql).catch(() => [])
    isLooking = false
    const isNews = seen !== undefined && row !== undefined && row.last !== seen
    seen = row?.last ?? seen
    if (isNews) tellAll(listening)
  }

  /** Whoever listens elsewhere and misses it looks by itself after a while. */
  async function send(): Promise<void> {
    for (let telling = untold; telling; telling = untold) {
      untold = undefined
      const payload = noticeOf(SENDER, database.schema, telling.news)
      await database.rows(NOTIFY, [CHANNEL, payload]).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, AT_MOST_EVERY))
    }
  }

  return {
    tell(news) {
      tellAll(listeners, news)
      untold = { news: untold === undefined ? news : joinNews(untold.news, news) }
      sending ??= send().finally(() => {
        sending = undefined
      })
    },
    on(listener) {
      // Called as whoever registered it, not as the unit of work that happens to commit.
      const own: CommitListener = AsyncLocalStorage.bind((news) => listener(news))
      listening.add(own)
      listeners.add(own)
      looking ??= setInterval(AsyncLocalStorage.bind(look), LOOK_EVERY).unref()
      deaf ??= database.listen(CHANNEL, (payload) => {
        if (payload === undefined) tellAll(listening)
        else if (isOfOthers(payload, database.schema))
          tellAll(listening, newsOfNotice(payload, database.schema))
      })
      return () => {
        listening.delete(own)
        listeners.delete(own)
        if (listening.size > 0) return
        clearInterval(looking)
        looking = undefined
      }
    },
    async close() {
      deaf?.()
      clearInterval(looking)
      for (const own of listening) listeners.delete(own)
      listening.clear()
      await sending
    },
  }
}

/** Tells of a commit that is another one's to make, from inside its transaction. */
export function tellAtCommit({ rows }: PostgresSession, schema: string): Promise<unknown> {
  return rows('SELECT pg_notify($1, $2)', [CHANNEL, `joined ${schema}`])
}

function isOfOthers(payload: string, schema: string): boolean {
  return payload.endsWith(` ${schema}`) && !payload.startsWith(SENDER)
}
