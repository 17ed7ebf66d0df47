import { type Clock, systemClock } from '../event/index.ts'
import type { EventStore } from '../store/index.ts'
import { ClockNotVirtual } from './errors.ts'

/** The app's clock. Moving it is for scenarios: it takes `virtualClock: true`. */
export interface AppClock extends Clock {
  /** Moves time on for all processes of the run; what is due by then wakes. @throws ClockNotVirtual */
  advance(milliseconds: number): Promise<void>
  /** Moves time on to `time`; does nothing where that has passed. @throws ClockNotVirtual */
  advanceTo(time: number): Promise<void>
}

/** A clock that can be bound to a store once that is open: the store needs it first. */
export interface BindableClock extends AppClock {
  bind(store: EventStore): Promise<void>
  unbind(): void
}

interface Alarm {
  readonly time: number
  readonly callback: () => void
  cancel: () => void
}

const COLLECTION = 'eventwright.clock'
const ID = 'offset'

/** Follows `base`, and where `virtual` also the offset that the processes of a run share in their store. */
export function appClock(base: Clock = systemClock, virtual = false): BindableClock {
  const alarms = new Set<Alarm>()
  let offset = 0
  let store: EventStore | undefined
  let endCommits = (): void => {}

  function arm(alarm: Alarm): void {
    alarm.cancel = base.at(alarm.time - offset, () => {
      alarms.delete(alarm)
      alarm.callback()
    })
  }

  function move(to: number): void {
    if (to === offset) return
    offset = to
    for (const alarm of [...alarms].sort((left, right) => left.time - right.time)) {
      alarm.cancel()
      arm(alarm)
    }
  }

  async function look(): Promise<void> {
    const found = await store?.documents<{ readonly offset: number }>(COLLECTION).get(ID)
    if (found) move(Math.max(offset, found.offset))
  }

  async function advance(milliseconds: number): Promise<void> {
    if (!virtual || !store) throw new ClockNotVirtual()
    if (milliseconds <= 0) return
    let moved = offset
    await store.transaction(async (tx) => {
      const documents = tx.documents<{ readonly offset: number }>(COLLECTION)
      moved = ((await documents.get(ID))?.offset ?? 0) + milliseconds
      documents.put(ID, { offset: moved })
    })
    move(Math.max(offset, moved))
  }

  return {
    now: () => base.now() + offset,
    at(time, callback) {
      const alarm: Alarm = { time, callback, cancel: () => {} }
      alarms.add(alarm)
      arm(alarm)
      return () => {
        alarm.cancel()
        alarms.delete(alarm)
      }
    },
    advance,
    async advanceTo(time) {
      await advance(time - (base.now() + offset))
    },
    async bind(opened) {
      store = opened
      if (!virtual) return
      await look()
      // A store that cannot be read now tells its other callers so; the next commit looks again.
      endCommits = opened.onCommit((news) => {
        if (news === undefined || news.collections.has(COLLECTION)) look().catch(() => undefined)
      })
    },
    unbind: () => endCommits(),
  }
}
