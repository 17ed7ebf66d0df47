import type { Moment } from './moment.ts'

/**
 * The moments in an order that every run of the scenario shares: each after what it came after, as soon after it as
 * can be, and by key where nothing else tells. The order of the log will not do: what has no cause in common stands
 * there as it came.
 */
export function inOrder(moments: readonly Moment[]): readonly Moment[] {
  const waiting = new Set(moments)
  const place = new Map<Moment, number>()
  while (waiting.size > 0) {
    const next = first(
      [...waiting].filter((one) => one.after.every((other) => !waiting.has(other))),
      place,
    )
    if (next === undefined) throw new TypeError('moments wait for one another')
    waiting.delete(next)
    place.set(next, place.size)
  }
  return [...place.keys()]
}

function first(ready: readonly Moment[], place: ReadonlyMap<Moment, number>): Moment | undefined {
  const latest = ({ after }: Moment): number => Math.max(-1, ...after.map((one) => place.get(one) ?? -1))
  return [...ready].sort((a, b) => latest(b) - latest(a) || (a.key < b.key ? -1 : 1))[0]
}
