import { setTimeout as sleep } from 'node:timers/promises'
import { type WorkerProcess, type Workers, workerOf } from '../worker-process.ts'
import type { Outages } from './outages.ts'

/** Milliseconds that a process may take to drain. */
const DRAINS_WITHIN = 60_000

/** Restarts of services in order, spread over a run. */
export interface Rolling {
  /** Restarts the services that are due after so many of all kills; gives what went wrong. */
  after(killed: number, all: number): Promise<readonly string[]>
  /** Processes that were restarted in order. */
  readonly restarted: number
}

export function rollingOf(
  workers: Workers,
  outages: Outages,
  services: readonly (readonly string[])[],
): Rolling {
  const due = [...services]
  let restarted = 0

  async function restart(instances: readonly string[]): Promise<readonly string[]> {
    const troubles: string[] = []
    for (const name of instances) {
      const worker = workerOf(workers, name)
      await worker.ready
      const trouble = await drain(name, worker, outages)
      if (trouble !== undefined) troubles.push(trouble)
      worker.start()
      await worker.ready
      restarted++
    }
    return troubles
  }

  return {
    async after(killed, all) {
      const troubles: string[] = []
      while (due.length > 0 && killed >= ((services.length - due.length + 1) / (services.length + 1)) * all) {
        const [instances = []] = due.splice(0, 1)
        troubles.push(...(await restart(instances)))
      }
      return troubles
    },
    get restarted() {
      return restarted
    },
  }
}

/** Ends a process in order. While an engine is away it may end with 1, but end it must. */
async function drain(name: string, worker: WorkerProcess, outages: Outages): Promise<string | undefined> {
  const { begun, isDown } = outages
  worker.terminate()
  const code = await Promise.race([worker.ended(), sleep(DRAINS_WITHIN, 'late' as const, { ref: false })])
  if (code === 'late') {
    await worker.kill()
    return `${name} did not drain within ${DRAINS_WITHIN / 1000} s\n${worker.words}`
  }
  const wasAway = isDown || outages.begun > begun
  return code === 0 || wasAway ? undefined : `${name} ended with ${code} on SIGTERM\n${worker.words}`
}
