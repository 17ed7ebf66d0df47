import { ConcurrencyError, InvalidOption } from '../errors.ts'
import type { Expect } from '../event-store.ts'

/** @throws ConcurrencyError */
export function checkExpect(stream: string, expect: Expect, version: number): void {
  if (expect === 'any' || expect === version) return
  if (expect === 'none' && version === 0) return
  if (expect === 'exists' && version > 0) return
  throw new ConcurrencyError(stream, expect, version)
}

/** What no stream can be would be a conflict for ever, and be retried as one. @throws InvalidOption */
export function checkExpectIsOne(expect: Expect): void {
  if (expect === 'any' || expect === 'none' || expect === 'exists') return
  if (Number.isSafeInteger(expect) && expect >= 0) return
  throw new InvalidOption('expect', expect, "a version, 'none', 'exists' or 'any'")
}
