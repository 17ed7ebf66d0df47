import { setTimeout as sleep } from 'node:timers/promises'
import { randomOf } from '../../../packages/eventwright/src/flow/load/random.ts'
import type { Outage } from './engines.ts'

/** What befell the engines so far. */
export interface Outages {
  /** Takes engines down and up again until the signal; then all are up. */
  run(signal: AbortSignal): Promise<void>
  /** How many began; the same number twice and nobody down: nothing was away in between. */
  readonly begun: number
  readonly isDown: boolean
  /** `31 outages of PostgreSQL, 4 of Kafka` */
  told(): string
}

export function outagesOf(seed: string, outages: readonly Outage[]): Outages {
  const counts = new Map(outages.map(({ what }) => [what, 0]))
  let begun = 0
  let down = 0

  async function befall(outage: Outage, signal: AbortSignal): Promise<void> {
    const { what, every, lasts, ways, up } = outage
    for (let number = 0; ; number++) {
      const random = randomOf(seed, what, number)
      const between = ([from, to]: readonly [number, number]) => from + random.below(to - from)
      await sleep(between(every), undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      begun++
      down++
      counts.set(what, number + 1)
      await ways[number % ways.length]?.down()
      await sleep(between(lasts))
      await up()
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
    told: () => [...counts].map(([what, count]) => `${count} outages of ${what}`).join(', '),
  }
}
