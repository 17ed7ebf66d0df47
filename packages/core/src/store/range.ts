import type { EngineLogQuery, StreamRange } from './engine.ts'
import { InvalidOption } from './errors.ts'
import type { LogQuery, ReadOptions } from './event-store.ts'

export const UNLIMITED: number = Number.MAX_SAFE_INTEGER

/** @throws InvalidOption */
export function rangeOf({ from, to, limit, direction }: ReadOptions): StreamRange {
  return {
    from: Math.max(1, boundOf(from, 1, 'from')),
    to: boundOf(to, UNLIMITED, 'to'),
    limit: limitOf(limit, UNLIMITED),
    backward: isBackward(direction),
  }
}

/** @throws InvalidOption */
export function logQueryOf({ raw, direction, since, until, ...query }: LogQuery): EngineLogQuery {
  return {
    ...query,
    after: Math.max(0, boundOf(query.after, 0, 'after')),
    before: boundOf(query.before, UNLIMITED, 'before'),
    limit: limitOf(query.limit, 1_000),
    backward: isBackward(direction),
    ...(since === undefined ? {} : { since: boundOf(since, 0, 'since') }),
    ...(until === undefined ? {} : { until: boundOf(until, 0, 'until') }),
  }
}

function isBackward(direction: ReadOptions['direction'] = 'forward'): boolean {
  if (direction !== 'forward' && direction !== 'backward') {
    throw new InvalidOption('direction', direction, "'forward' or 'backward'")
  }
  return direction === 'backward'
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
