import type { Logger } from '../event/index.ts'
import type { BrokerStorage } from './storage.ts'

const INTERVAL = 60_000
/** Few at a time: a prune holds the one writer. */
const STEP = 500

/** Removes what every group has committed and is older than this, in small steps, now and then. Returns what ends it. */
export function keepRetention(storage: BrokerStorage, milliseconds: number, logger: Logger): () => void {
  if (milliseconds === Number.POSITIVE_INFINITY) return () => {}
  let timer = setTimeout(sweep, INTERVAL).unref()
  let ended = false

  async function sweep(): Promise<void> {
    let removed = 0
    try {
      removed = await storage.prune(Date.now() - milliseconds, STEP)
    } catch (error) {
      if (!ended) logger.warn({ err: error }, 'messages past their retention could not be removed')
    }
    if (!ended) timer = setTimeout(sweep, removed < STEP ? INTERVAL : 20).unref()
  }

  return () => {
    ended = true
    clearTimeout(timer)
  }
}
