import { InvalidOption } from './errors.ts'

/** Engines keep whole numbers; what is none is refused before it is queued, alike on all of them. @throws InvalidOption */
export function checkWhole(given: number, what: string, least: number = Number.MIN_SAFE_INTEGER): void {
  if (Number.isSafeInteger(given) && given >= least) return
  throw new InvalidOption(
    what,
    given,
    least === Number.MIN_SAFE_INTEGER ? 'a whole number' : `a whole number from ${least}`,
  )
}
