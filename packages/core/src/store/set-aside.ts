import { setTimeout as sleep } from 'node:timers/promises'
import { meet, touchesOf } from './touches.ts'
import type { Unit } from './unit.ts'

/** One that waits for its flush. */
export interface Aside {
  readonly unit: Unit
  readonly since: number
}

/**
 * Units whose locks others hold: they wait apart, so that their neighbours do not wait with them, and with them, in
 * order of arrival, all that touch the same.
 */
export interface SetAside<One extends Aside> {
  /** Takes in those that touch what one set aside touches; gives the others. */
  passing(waiting: readonly One[]): readonly One[]
  /** Takes in one whose locks are taken. */
  add(one: One): void
  readonly size: number
  readonly oldest: One | undefined
  /** Resolves when none is left. */
  empty(): Promise<void>
}

/** What an attempt came to: `contended` is tried again, anything else was told to its caller. */
export type Attempt<One> = (one: One) => Promise<'done' | 'contended'>

/** Milliseconds between two attempts, beside those that an attempt waits for its locks. */
const PAUSE = 20
const MOST_AT_ONCE = 4

/** `release` gets those, in order, that nothing is in the way of any more. */
export function setAside<One extends Aside>(
  attempt: Attempt<One>,
  release: (ones: readonly One[]) => void,
): SetAside<One> {
  let held: readonly Held<One>[] = []
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (held.length > 0) {
      const tried = held.filter(({ contended }) => contended).slice(0, MOST_AT_ONCE)
      const outcomes = await Promise.all(tried.map(async ({ one }) => [one, await attempt(one)] as const))
      const done = new Set(outcomes.filter(([, outcome]) => outcome === 'done').map(([one]) => one))
      const { kept, free } = parted(held.filter(({ one }) => !done.has(one)))
      held = kept
      if (free.length > 0) release(free.map(({ one }) => one))
      if (done.size === 0) await sleep(Math.random() * PAUSE)
    }
    running = undefined
  }

  function take(one: One, contended: boolean): void {
    held = [...held, { one, touches: new Set(touchesOf(one.unit)), contended }]
    running ??= run()
  }

  return {
    passing(waiting) {
      if (held.length === 0) return waiting
      const passed: One[] = []
      for (const one of waiting) {
        const touches = touchesOf(one.unit)
        if (held.some((other) => meet(other.touches, touches))) take(one, false)
        else passed.push(one)
      }
      return passed
    },
    add: (one) => take(one, true),
    get size() {
      return held.length
    },
    get oldest() {
      return held[0]?.one
    },
    async empty() {
      while (running !== undefined) await running
    },
  }
}

interface Held<One> {
  readonly one: One
  readonly touches: ReadonlySet<string>
  /** False for those that only wait behind another one. */
  readonly contended: boolean
}

/** Those that are contended or behind one that is, and those that nothing is in the way of any more. */
function parted<One>(held: readonly Held<One>[]): { kept: readonly Held<One>[]; free: readonly Held<One>[] } {
  const before = new Set<string>()
  const isKept = ({ contended, touches }: Held<One>): boolean => {
    const stays = contended || meet(before, touches)
    if (stays) for (const key of touches) before.add(key)
    return stays
  }
  const kept = held.filter(isKept)
  return { kept, free: held.filter((one) => !kept.includes(one)) }
}
