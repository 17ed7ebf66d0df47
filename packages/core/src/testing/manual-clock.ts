import type { Clock } from '../event/index.ts'

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on; callbacks that become due are called in the order of their times, each after its own moment has come. */
  advance(milliseconds: number): Promise<void>
}

interface Alarm {
  readonly time: number
  readonly callback: () => void
}

/** A clock for tests. It begins at `now` (milliseconds since 1970; default the first moment of 2026). */
export function manualClock(options: { readonly now?: number } = {}): ManualClock {
  const alarms = new Set<Alarm>()
  let now = options.now ?? Date.UTC(2026, 0, 1)

  function next(until: number): Alarm | undefined {
    const due = [...alarms].filter(({ time }) => time <= until)
    return due.reduce<Alarm | undefined>(
      (first, alarm) => (first && first.time <= alarm.time ? first : alarm),
      undefined,
    )
  }

  async function ring(until: number): Promise<void> {
    for (let alarm = next(until); alarm; alarm = next(until)) {
      alarms.delete(alarm)
      now = Math.max(now, alarm.time)
      alarm.callback()
      // What a callback sets off may set further alarms before this time.
      await new Promise(setImmediate)
    }
  }

  return {
    now: () => now,
    at(time, callback) {
      const alarm = { time, callback }
      alarms.add(alarm)
      if (time <= now) setImmediate(() => alarms.delete(alarm) && callback())
      return () => void alarms.delete(alarm)
    },
    async advance(milliseconds) {
      const until = now + milliseconds
      await ring(until)
      now = until
    },
  }
}
