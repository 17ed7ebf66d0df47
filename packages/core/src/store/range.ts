import type { StreamRange } from './engine.ts'
import { InvalidOption } from './errors.ts'
import type { ReadOptions } from './event-store.ts'

export const UNLIMITED: number = Number.MAX_SAFE_INTEGER

/** @throws InvalidOption */
export function rangeOf({ from, to, limit, direction = 'forward' }: ReadOptions): StreamRange {
  if (direction !== 'forward' && direction !== 'backward') {
    throw new InvalidOption('direction', direction, "'forward' or 'backward'")
  }
  return {
    from: Math.max(1, boundOf(from, 1, 'from')),
    to: boundOf(to, UNLIMITED, 'to'),
    limit: limitOf(limit, UNLIMITED),
    backward: direction === 'backward',
  }
}

/** A negative limit is none at all: what is left of a page may be counted down. @throws InvalidOption */
export function limitOf(limit: number | undefined, otherwise: number): number {
  return Math.max(0, boundOf(limit, otherwise, 'limit'))
}

/** @throws InvalidOption */
export function boundOf(given: number | undefined, otherwise: number, what: string): number {
  if (given === undefined) return otherwise
  // Infinity is a bound like any other; NaN would end no loop, and engines round fractions in different ways.
  if (!Number.isInteger(given) && Math.abs(given) !== Number.POSITIVE_INFINITY) {
    throw new InvalidOption(what, given, 'a whole number or Infinity')
  }
  return Math.max(-UNLIMITED, Math.min(UNLIMITED, given))
}
