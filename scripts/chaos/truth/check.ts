import type { Truth } from './truth.ts'

/** What the run knows besides: whom it told that their order is accepted. */
export interface Told {
  readonly accepted: ReadonlySet<string>
  readonly refused: ReadonlySet<string>
}

/** One thing that must hold: gives what offends against it, by id. */
export interface Check {
  readonly name: string
  readonly offenders: (truth: Truth, told: Told) => Iterable<string>
}

/** The keys that stand more than once. */
export function twice(keys: Iterable<string>): readonly string[] {
  const seen = new Set<string>()
  const again = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) again.add(key)
    seen.add(key)
  }
  return [...again]
}
