import type { ExpectedEvent } from '../model/index.ts'
import type { HappenedEvent } from './happened.ts'
import { isSubset } from './subset.ts'

/** How far the expected events fit what happened. */
export interface EventMatch {
  readonly fits: boolean
  /** Expected and actual events that were brought together, in the expected order, up to the first difference. */
  readonly pairs: readonly { readonly expected: ExpectedEvent; readonly actual: HappenedEvent }[]
  /** The first expected event that nothing fits; absent where only unexpected ones are left. */
  readonly missing?: ExpectedEvent
  /** Actual events without a partner, in the order of the log. */
  readonly unexpected: readonly HappenedEvent[]
}

/**
 * Fits the list to what happened: each expected event to one actual event of its type that holds its data, in
 * an order that respects each stream's and every cause before its effect. Across streams that do not cause
 * one another any order fits, since a broker promises none.
 */
export function matchEvents(
  expected: readonly ExpectedEvent[],
  actual: readonly HappenedEvent[],
  causes: ReadonlyMap<string, readonly string[]>,
): EventMatch {
  const search = new Search(expected, actual, predecessors(actual, causes))
  search.from(0)
  const pairs = search.best.map((event, index) => ({ expected: expected[index], actual: event }))
  const used = new Set(search.best)
  const unexpected = actual.filter((event) => !used.has(event))
  const missing = expected[search.best.length]
  return {
    fits: missing === undefined && unexpected.length === 0,
    pairs: pairs.flatMap((pair) => (pair.expected ? [{ expected: pair.expected, actual: pair.actual }] : [])),
    ...(missing ? { missing } : {}),
    unexpected,
  }
}

/** Depth first with memory of the dead ends: the candidates are few, since each must be ready and of the type. */
class Search {
  best: readonly HappenedEvent[] = []
  readonly #expected: readonly ExpectedEvent[]
  readonly #actual: readonly HappenedEvent[]
  readonly #before: ReadonlyMap<HappenedEvent, readonly HappenedEvent[]>
  readonly #taken: HappenedEvent[] = []
  readonly #dead = new Set<string>()

  constructor(
    expected: readonly ExpectedEvent[],
    actual: readonly HappenedEvent[],
    before: ReadonlyMap<HappenedEvent, readonly HappenedEvent[]>,
  ) {
    this.#expected = expected
    this.#actual = actual
    this.#before = before
  }

  from(index: number): boolean {
    if (this.#taken.length > this.best.length) this.best = [...this.#taken]
    const expected = this.#expected[index]
    if (!expected) return true
    const state = this.#state()
    if (this.#dead.has(state)) return false
    for (const candidate of this.#candidates(expected)) {
      this.#taken.push(candidate)
      if (this.from(index + 1)) return true
      this.#taken.pop()
    }
    this.#dead.add(state)
    return false
  }

  #candidates(expected: ExpectedEvent): readonly HappenedEvent[] {
    return this.#actual.filter(
      (event) =>
        event.type === expected.event &&
        !this.#taken.includes(event) &&
        (this.#before.get(event) ?? []).every((earlier) => this.#taken.includes(earlier)) &&
        isSubset(expected.data, event.data),
    )
  }

  #state(): string {
    return this.#taken
      .map(({ position }) => position)
      .sort((one, other) => one - other)
      .join()
  }
}

function predecessors(
  actual: readonly HappenedEvent[],
  causes: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<HappenedEvent, readonly HappenedEvent[]> {
  const byId = new Map(actual.map((event) => [event.id, event]))
  const last = new Map<string, HappenedEvent>()
  const before = new Map<HappenedEvent, readonly HappenedEvent[]>()
  for (const event of actual) {
    const inStream = last.get(event.stream)
    const caused = (causes.get(event.id) ?? []).flatMap((id) => byId.get(id) ?? [])
    before.set(event, inStream ? [...caused, inStream] : caused)
    last.set(event.stream, event)
  }
  return before
}
