import { setTimeout as sleep } from 'node:timers/promises'
import { randomOf } from '../../../packages/eventwright/src/flow/load/random.ts'
import type { Outage } from './engines.ts'

const LOOK_EVERY = 50

/** What befell the engines so far. */
export interface Outages {
  /** Takes engines down and up again until the signal; then all are up. */
  run(signal: AbortSignal): Promise<void>
  /** How many began; the same number twice and nobody down: nothing was away in between. */
  readonly begun: number
  readonly isDown: boolean
  /** Something went on: only then an engine goes down again, so that a slow machine comes back from the last time. */
  moved(): void
  /** `31 outages of PostgreSQL, 4 of Kafka` */
  told(): string
}

/** One of an engine's outages, as the seed has it. */
export interface PlannedOutage {
  /** Milliseconds after the last one. */
  readonly after: number
  /** Milliseconds. */
  readonly lasts: number
  readonly way: Outage['ways'][number]
}

/** The outage of this number, from 0: the same one each time. A `pace` of 2 has twice as many in the same time. */
export function plannedOutage(
  { what, every, lasts, ways }: Outage,
  number: number,
  { seed, pace }: { readonly seed: string; readonly pace: number },
): PlannedOutage {
  const random = randomOf(seed, what, number)
  const between = ([from, to]: readonly [number, number]) => from + random.below(to - from)
  const way = ways[number % ways.length]
  if (way === undefined) throw new Error(`${what} has no way of going down`)
  return { after: between(every) / pace, lasts: between(lasts) / pace, way }
}

export function outagesOf(seed: string, outages: readonly Outage[], pace = 1): Outages {
  const counts = new Map(outages.map(({ what }) => [what, 0]))
  let begun = 0
  let down = 0
  let moves = 0

  async function befall(outage: Outage, signal: AbortSignal): Promise<void> {
    for (let number = 0; ; number++) {
      const { after, lasts, way } = plannedOutage(outage, number, { seed, pace })
      const before = moves
      await sleep(after, undefined, { signal }).catch(() => {})
      while (moves === before && !signal.aborted) await sleep(LOOK_EVERY)
      if (signal.aborted) return
      begun++
      down++
      counts.set(outage.what, number + 1)
      await way.down()
      await sleep(lasts)
      await outage.up()
      down--
    }
  }

  return {
    async run(signal) {
      await Promise.all(outages.map((outage) => befall(outage, signal)))
    },
    get begun() {
      return begun
    },
    get isDown() {
      return down > 0
    },
    moved() {
      moves++
    },
    told: () => [...counts].map(([what, count]) => `${count} outages of ${what}`).join(', '),
  }
}
