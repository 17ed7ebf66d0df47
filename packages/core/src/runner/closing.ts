import { type Component, within } from '../delivery/index.ts'
import type { Opened } from './opening.ts'

/** Milliseconds that an app drains for at most, where nothing else was said: a third of what Kubernetes waits. */
export const DRAIN = 10_000

/** Milliseconds beyond the time to drain in which leases and partitions are given back and the engines closed. */
const GIVING_BACK = 1000

/** How long an app drains. */
export interface StopOptions {
  /** Milliseconds that what is in flight may take to end; default the app's `drain`. */
  readonly within?: number
}

/**
 * Stops taking, drains for so many milliseconds, gives leases back, closes; goes on where one of them fails, and
 * tells the first failure. What hangs is given up, and named in the log: it is fenced out, and another process does
 * it again.
 */
export async function closeApp(
  { components, inline, clock, runtime, keepAlive }: Opened,
  milliseconds: number,
  executing: Iterable<Promise<unknown>> = [],
): Promise<void> {
  const until = performance.now() + milliseconds + GIVING_BACK
  const left = (): number => Math.max(0, until - performance.now())
  clearInterval(keepAlive)
  const failures: unknown[] = []
  const hanging = new Set<string>()

  async function bounded(what: string, most: number, work: Promise<unknown>): Promise<void> {
    const ended = work.catch((error: unknown) => failures.push(error))
    if (!(await within(most, ended))) hanging.add(what)
  }

  const stop = (component: Component): Promise<void> =>
    bounded(component.name, left(), component.stop(milliseconds))
  const commands = bounded('commands', milliseconds, Promise.allSettled(executing))
  await Promise.all([commands, ...components.map(stop)])
  clock.unbind()
  await bounded('inline projections', left(), inline.close())
  await bounded('the broker', left(), runtime.broker.close())
  await bounded('the store', left(), runtime.store.close())
  if (hanging.size > 0)
    runtime.logger.warn(
      { hanging: [...hanging], within: milliseconds },
      'the app stopped before all had ended',
    )
  if (failures.length > 0) throw failures[0]
}
