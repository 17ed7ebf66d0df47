import { serial } from './serial.ts'

/** Work that never runs beside itself, and that may wait a little for more of its kind. */
export interface Gathered {
  /** Runs it after what runs already; waits for a run that began after this call. */
  readonly now: () => Promise<void>
  /** Runs it within the interval, once for all that ask for it until then. */
  soon(): void
  /** What was to run soon does not, and `soon` does nothing from now on. */
  stop(): void
}

export interface GatheredSettings {
  /** Milliseconds. */
  readonly interval: number
  /** What a run ended with that nobody waits for. */
  readonly failed: (error: unknown) => void
}

export function gathered(run: () => Promise<void>, { interval, failed }: GatheredSettings): Gathered {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const now = serial(() => {
    clearTimeout(timer)
    timer = undefined
    return run()
  })
  return {
    now,
    soon() {
      if (!stopped) timer ??= setTimeout(() => now().catch(failed), interval)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
