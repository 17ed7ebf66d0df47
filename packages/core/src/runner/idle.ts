import { setTimeout as sleep } from 'node:timers/promises'
import type { Component } from '../delivery/index.ts'
import type { EventStore } from '../store/index.ts'
import { NotIdle } from './errors.ts'

export interface IdleOptions {
  /** Milliseconds of real time; default 30 000. */
  readonly timeout?: number
}

/**
 * Resolves when no component has anything to do. Each says so from durable state, one after the other, so one
 * that was asked early may have got work from one that was asked later: only two rounds with no commit around
 * them prove that nothing is on its way.
 * @throws NotIdle, naming what is busy; what `assertRunning` throws
 */
export async function untilIdle(
  components: readonly Component[],
  store: EventStore,
  assertRunning: () => void,
  options: IdleOptions = {},
): Promise<void> {
  const timeout = options.timeout ?? 30_000
  const end = performance.now() + timeout
  for (let round = 0; ; round++) {
    assertRunning()
    const before = await store.commits()
    let busy = await busyOf(components)
    if (busy.length === 0) busy = await busyOf(components)
    if (busy.length === 0 && (await store.commits()) === before) return
    if (performance.now() > end) throw new NotIdle(busy, timeout)
    await nextLook(store, round)
  }
}

async function busyOf(components: readonly Component[]): Promise<readonly string[]> {
  const busy: string[] = []
  for (const component of components) {
    if (!(await component.idle())) busy.push(component.name)
  }
  return busy
}

/** Until the next commit, or a little later: an acknowledgement is not a commit of the store. */
async function nextLook(store: EventStore, round: number): Promise<void> {
  const committed = Promise.withResolvers<void>()
  const endCommits = store.onCommit(committed.resolve)
  await Promise.race([committed.promise, sleep(Math.min(1 + round, 10))])
  endCommits()
}
