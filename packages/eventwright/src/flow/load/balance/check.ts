/** One thing that must hold, and whether it does. */
export interface BalanceCheck {
  /** What is checked: `log`, `event`, `aggregate`, `commands`, `saga`, `quantity`, `projection`, `parked`, … */
  readonly check: string
  /** Of what: the name of the saga, the aggregate, the projection; may be empty. */
  readonly of: string
  readonly good: boolean
  /** The equation, or what was found, in words. */
  readonly says: string
  readonly figures: Readonly<Record<string, number>>
  /** How many are wrong, and the first of them, each with the reason. */
  readonly wrong: number
  readonly examples: readonly string[]
}

const MOST_EXAMPLES = 5

/** Counts what is wrong, and keeps the first few that differ. */
export interface Wrongs {
  add(what: string): void
  readonly count: number
  readonly examples: readonly string[]
}

export function newWrongs(): Wrongs {
  const examples: string[] = []
  let count = 0
  return {
    add(what) {
      count++
      if (examples.length < MOST_EXAMPLES && !examples.includes(what)) examples.push(what)
    },
    get count() {
      return count
    },
    examples,
  }
}

/** A check that is good where nothing is wrong. */
export function checked(
  named: Pick<BalanceCheck, 'check' | 'of' | 'says' | 'figures'>,
  wrongs: Wrongs,
): BalanceCheck {
  return { ...named, good: wrongs.count === 0, wrong: wrongs.count, examples: wrongs.examples }
}

/** `1,234`. */
export function count(value: number): string {
  return value.toLocaleString('en')
}
