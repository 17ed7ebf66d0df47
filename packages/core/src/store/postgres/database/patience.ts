import { setTimeout as sleep } from 'node:timers/promises'
import { isLost } from './faults.ts'

/** Asks again while the database is gone, for that many milliseconds: for what has written nothing. */
export async function patiently<Result>(patience: number, ask: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + patience
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!isLost(error) || performance.now() >= until) throw error
    }
    // At once for a connection that was cut while it waited: the server may be there.
    if (attempt > 0) await sleep(Math.random() * Math.min(500, 20 * 2 ** attempt))
  }
}
