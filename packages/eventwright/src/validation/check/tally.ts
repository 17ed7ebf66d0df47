import type { EventTypes, KnownType } from '../catalog/event-types.ts'

/** How many events of a type there were, and how many of them are bad. */
export type TypeTally = {
  readonly type: string
  readonly known: KnownType
  events: number
  bad: number
}

/** Types that are counted one by one; beyond these they are counted together, so that garbage takes no memory. */
const MOST = 1000
/** As long as the envelope lets a type be. */
const LONGEST = 2048

export type Tallies = {
  of(type: string): TypeTally
  all(): readonly TypeTally[]
}

/** Counts events by type, and remembers what is known of each type. */
export function createTallies(types: EventTypes): Tallies {
  const byType = new Map<string, TypeTally>()
  const others: { events: number; bad: number } = { events: 0, bad: 0 }
  const of = (type: string): TypeTally => {
    const tally = byType.get(type)
    if (tally !== undefined) return tally
    const added = { type, known: types(type), events: 0, bad: 0 }
    if (byType.size >= MOST || type.length > LONGEST) return counting(added, others)
    byType.set(type, added)
    return added
  }
  const rest = (): TypeTally[] =>
    others.events === 0 ? [] : [{ type: '(other types)', known: { kind: 'unchecked' }, ...others }]
  return { of, all: () => [...byType.values(), ...rest()] }
}

/** A tally whose counts go to a shared one. */
function counting(tally: TypeTally, shared: { events: number; bad: number }): TypeTally {
  return {
    type: tally.type,
    known: tally.known,
    get events() {
      return shared.events
    },
    set events(count) {
      shared.events = count
    },
    get bad() {
      return shared.bad
    },
    set bad(count) {
      shared.bad = count
    },
  }
}
