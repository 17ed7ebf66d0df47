import type { Clock } from '../event/index.ts'

/** Stops a consumer whose messages are parked one after the other: the fault is then not theirs. */
export interface BreakerOptions {
  /** Parks within `window` that open it; default 20. Messages queued behind a parked key do not count. */
  readonly parks?: number
  /** Milliseconds; default 60 000. */
  readonly window?: number
  /** Milliseconds before one message is let through to try; doubled after each trial that is parked, at most eightfold; default 30 000. */
  readonly pause?: number
}

export const BREAKER_DEFAULTS: Required<BreakerOptions> = { parks: 20, window: 60_000, pause: 30_000 }

const MOST_DOUBLINGS = 3

export interface Breaker {
  /** `trial`: one message at a time, until one is handled or parked. */
  state(): 'closed' | 'open' | 'trial'
  /** When an open one lets a message through. */
  opensUntil(): number | undefined
  /** The one message of a trial: true for whoever asks first, until `unclaim`. */
  claim(): boolean
  unclaim(): void
  parked(): void
  handled(): void
}

/** Counts in memory: a restart closes it, which is a trial as good as any. */
export function breaker(clock: Clock, options: BreakerOptions = {}): Breaker {
  const { parks, window, pause } = { ...BREAKER_DEFAULTS, ...options }
  let recent: number[] = []
  let until: number | undefined
  let trials = 0
  let claimed = false

  function open(): void {
    until = clock.now() + pause * 2 ** Math.min(trials, MOST_DOUBLINGS)
    recent = []
  }

  function state(): 'closed' | 'open' | 'trial' {
    if (until === undefined) return 'closed'
    return clock.now() < until ? 'open' : 'trial'
  }

  return {
    state,
    opensUntil: () => until,
    claim() {
      if (claimed) return false
      claimed = true
      return true
    },
    unclaim() {
      claimed = false
    },
    parked() {
      if (state() === 'open') return
      if (state() === 'trial') {
        trials++
        return open()
      }
      const now = clock.now()
      recent = [...recent.filter((time) => time > now - window), now]
      if (recent.length >= parks) open()
    },
    handled() {
      if (state() !== 'trial') return
      until = undefined
      trials = 0
    },
  }
}
