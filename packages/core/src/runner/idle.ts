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
  let quietLooks = 0
  for (;;) {
    assertRunning()
    // Whoever was busy most likely still is, and one is enough to know.
    if (await busy?.idle()) busy = undefined
    if (busy === undefined) {
      const before = await store.commits()
      busy = await firstBusy(components, store)
      if (busy === undefined && (await store.commits()) === before) return
    }
    const now = performance.now()
    waited += Math.min(now - looked, LONGEST_LOOK)
    looked = now
    if (waited > timeout) throw new NotIdle(await allBusy(components), timeout)
    quietLooks = (await nextCommit(store, Math.min(1 + quietLooks, 10))) ? 0 : quietLooks + 1
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

/** False where there was none in so many milliseconds: an acknowledgement is not a commit of the store. */
async function nextCommit(store: EventStore, milliseconds: number): Promise<boolean> {
  const committed = Promise.withResolvers<boolean>()
  const endCommits = store.onCommit(() => committed.resolve(true))
  const isCommitted = await Promise.race([committed.promise, sleep(milliseconds, false)])
  endCommits()
  return isCommitted
}
