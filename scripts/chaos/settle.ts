import type { AppHealth } from '@eventwright/core'
import type { Workers } from './worker-process.ts'

const ROUNDS = 50

/** Until no process has anything to do; then each is asked how it is, and ended in order. Gives what is wrong. */
export async function settle(workers: Workers): Promise<readonly string[]> {
  await Promise.all([...workers.values()].map(({ ready }) => ready))
  const restless = await comeToRest(workers)
  if (restless !== undefined) return [restless]
  const troubles: string[] = []
  for (const [name, worker] of workers) {
    const reply = await worker.ask({ kind: 'health' })
    if (reply?.kind === 'health') troubles.push(...ailmentsOf(reply.health).map((one) => `${name}: ${one}`))
    else troubles.push(`${name} does not tell its health: ${JSON.stringify(reply)}`)
  }
  for (const [name, worker] of workers) {
    worker.terminate()
    const code = await worker.ended()
    if (code !== 0) troubles.push(`${name} ended with ${code} on SIGTERM`)
  }
  return troubles
}

/** What one does may be work for the other, so twice in a row nobody may have committed anything. */
async function comeToRest(workers: Workers): Promise<string | undefined> {
  let before = ''
  for (let round = 0; round < ROUNDS; round++) {
    const commits: number[] = []
    for (const [name, worker] of workers) {
      const reply = await worker.ask({ kind: 'idle' })
      if (reply?.kind !== 'idle') return `${name} does not come to rest: ${JSON.stringify(reply)}`
      commits.push(reply.commits)
    }
    if (commits.join() === before) return undefined
    before = commits.join()
  }
  return 'the processes do not come to rest'
}

function ailmentsOf({ ready, lag, parkedKeys, faulted, sagas, components }: AppHealth): readonly string[] {
  const behind = Object.entries(lag).filter(([, messages]) => messages > 0)
  const errors = components.flatMap(({ name, error }) => (error === undefined ? [] : [`${name}: ${error}`]))
  return [
    ...(ready ? [] : ['is not ready']),
    ...behind.map(([name, messages]) => `${name} is ${messages} behind`),
    ...(parkedKeys > 0 ? [`${parkedKeys} keys are parked`] : []),
    ...faulted.map((name) => `${name} is faulted`),
    ...(sagas.open > 0 ? [`${sagas.open} sagas are open`] : []),
    ...(sagas.stuck > 0 ? [`${sagas.stuck} sagas are stuck`] : []),
    ...errors,
  ]
}
