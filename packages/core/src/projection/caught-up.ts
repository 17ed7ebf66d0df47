import type { EventStore } from '../store/index.ts'
import { checkpointOf } from './definition.ts'
import { NotCaughtUp, ProjectionFaulted } from './errors.ts'
import { liveVersion, recordedFault } from './live.ts'
import { onProgress } from './progress.ts'
import { wake } from './wake.ts'

export interface CaughtUpOptions {
  /** Milliseconds; default 10 000. */
  readonly timeout?: number
}

/**
 * Resolves when the live version of a projection has taken in everything up to `position` (default: the head
 * of the log now), whichever process runs it. `building` is the version that this process would build.
 * @throws NotCaughtUp ProjectionFaulted EpochChanged
 */
export async function caughtUp(
  store: EventStore,
  name: string,
  building: number,
  position?: number,
  options: CaughtUpOptions = {},
): Promise<void> {
  const target = position ?? (await store.head())
  const timeout = options.timeout ?? 10_000
  const end = performance.now() + timeout
  const bell = wake()
  const endCommits = store.onCommit(() => bell.ring())
  const endProgress = onProgress(store, () => bell.ring())
  try {
    for (;;) {
      const live = await liveVersion(store, name)
      const at = live === undefined ? undefined : await store.checkpoint(checkpointOf(name, live))
      if (at !== undefined && at >= target) return
      const fault = await recordedFault(store, name, live ?? building)
      if (fault) throw new ProjectionFaulted(fault)
      const left = end - performance.now()
      if (left <= 0) throw new NotCaughtUp(name, target, at, timeout)
      await bell.wait(Math.min(left, 1000))
    }
  } finally {
    endCommits()
    endProgress()
  }
}
