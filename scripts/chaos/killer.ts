import { setTimeout as sleep } from 'node:timers/promises'
import type { Kill, Trigger } from './kills.ts'
import { type WorkerProcess, type Workers, workerOf } from './worker-process.ts'

/** A process that commits nothing for so long is killed all the same. */
const LONGEST_WAIT = 2500

/** Carries out one kill, and starts what was killed again. Does not wait until that is ready. */
export async function carryOut({ victims, trigger, pause }: Kill, workers: Workers): Promise<void> {
  await Promise.all(
    victims.map(async (name) => {
      const worker = workerOf(workers, name)
      if (trigger.kind !== 'start') await worker.ready
      await killAt(trigger, worker)
    }),
  )
  await sleep(pause)
  for (const name of victims) workerOf(workers, name).start()
}

async function killAt(trigger: Trigger, worker: WorkerProcess): Promise<void> {
  switch (trigger.kind) {
    case 'commit':
      worker.dieInCommit(trigger.commits)
      await Promise.race([worker.ended(), sleep(LONGEST_WAIT, undefined, { ref: false })])
      break
    case 'drain':
      worker.terminate()
      await sleep(trigger.ms)
      break
    case 'freeze':
      worker.freeze()
      await sleep(trigger.ms)
      worker.goOn()
      await sleep(trigger.then)
      break
    default:
      await sleep(trigger.ms)
  }
  await worker.kill()
}
