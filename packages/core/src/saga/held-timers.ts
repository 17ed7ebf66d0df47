import type { StoredTimer } from '../store/index.ts'

const FIRST_BACKOFF = 200
const LONGEST_BACKOFF = 60_000

interface Held {
  readonly failures: number
  /** On the app's clock; infinite for a timer that is left to a newer process. */
  readonly until: number
  readonly error?: string
}

/** The timers that a process could not fire: each is tried again after a pause of its own. */
export interface HeldTimers {
  readonly size: number
  /** When it may be fired, as far as it is held: 0 where it is not. */
  until(timer: StoredTimer): number
  failed(timer: StoredTimer, error: unknown, now: number): void
  /** It is of a newer saga: uncounted. */
  leave(timer: StoredTimer): void
  /** What was left to a newer process is looked at again. */
  forgetLeft(): void
  fired(timer: StoredTimer): void
  /** All that are due: what was held and is not among them was fired elsewhere or cancelled. */
  forgetOthers(due: readonly StoredTimer[]): void
  /** Why one of them failed. */
  error(): string | undefined
}

export function heldTimers(): HeldTimers {
  const held = new Map<string, Held>()
  return {
    get size() {
      return held.size
    },
    until: (timer) => held.get(idOf(timer))?.until ?? 0,
    failed(timer, error, now) {
      const failures = (held.get(idOf(timer))?.failures ?? 0) + 1
      const backoff = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(failures - 1, 20))
      const message = error instanceof Error ? error.message : String(error)
      held.set(idOf(timer), { failures, until: now + backoff, error: message })
    },
    leave(timer) {
      held.set(idOf(timer), { failures: 0, until: Number.POSITIVE_INFINITY })
    },
    forgetLeft() {
      for (const [id, { until }] of held) if (until === Number.POSITIVE_INFINITY) held.delete(id)
    },
    fired(timer) {
      held.delete(idOf(timer))
    },
    forgetOthers(due) {
      if (held.size === 0) return
      const ids = new Set(due.map(idOf))
      for (const id of held.keys()) if (!ids.has(id)) held.delete(id)
    },
    error: () => held.values().find(({ error }) => error !== undefined)?.error,
  }
}

function idOf({ tenant, id }: StoredTimer): string {
  return JSON.stringify([tenant, id])
}
