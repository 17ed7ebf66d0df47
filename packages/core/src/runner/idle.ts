import { setTimeout as sleep } from 'node:timers/promises'
import { type Component, lookAt } from '../delivery/index.ts'
import type { EventStore } from '../store/index.ts'
import { NotIdle } from './errors.ts'

/** How long an app is waited for. */
export interface IdleOptions {
  /** Milliseconds of real time in which this process had its turn; default 30 000. */
  readonly timeout?: number
}

/**
 * Milliseconds that one look counts for at most. A process that stood still (a machine that is overloaded or was
 * asleep) did no work meanwhile, so that time says nothing of whether there is an end to it.
 */
const LONGEST_LOOK = 1000

/**
 * Resolves when no component has anything to do. Each says so from durable state, one after the other, so one
 * that was asked early may have got work from one that was asked later. What is handed over with a commit shows: with
 * one round of answers and no commit around them nothing is on its way. What is handed over without one must come
 * from a part that was asked before: in `components`, the relay stands before those whose topics it fills.
 * @throws NotIdle, naming what is busy; what `assertRunning` throws
 */
export async function untilIdle(
  components: readonly Component[],
  store: EventStore,
  assertRunning: () => void,
  options: IdleOptions = {},
): Promise<void> {
  const timeout = options.timeout ?? 30_000
  let waited = 0
  let looked = performance.now()
  let busy: Component | undefined
  let last = -1
  for (let rounds = 0; ; rounds++) {
    assertRunning()
    const before = await store.commits()
    // Whoever was busy most likely still is, and one is enough to know.
    busy = (busy && (await firstBusy([busy], store))) ?? (await firstBusy(components, store))
    if (busy === undefined && (await store.commits()) === before) return
    const now = performance.now()
    waited += Math.min(now - looked, LONGEST_LOOK)
    looked = now
    if (waited > timeout) throw new NotIdle(await allBusy(components), timeout)
    if (before !== last) rounds = 0
    last = before
    await nextLook(store, rounds)
  }
}

async function firstBusy(
  components: readonly Component[],
  store: EventStore,
): Promise<Component | undefined> {
  const look = lookAt(store)
  for (const component of components) if (!(await component.idle(look))) return component
  return undefined
}

async function allBusy(components: readonly Component[]): Promise<readonly string[]> {
  const busy: string[] = []
  for (const component of components) if (!(await component.idle())) busy.push(component.name)
  return busy
}

/** Until the next commit, or a little later: an acknowledgement is not a commit of the store. */
async function nextLook(store: EventStore, rounds: number): Promise<void> {
  const committed = Promise.withResolvers<void>()
  const endCommits = store.onCommit(() => committed.resolve())
  await Promise.race([committed.promise, sleep(Math.min(1 + rounds, 10))])
  endCommits()
}
