import { ConcurrencyError } from '../errors.ts'
import type { Expect } from '../event-store.ts'

/** @throws ConcurrencyError */
export function checkExpect(stream: string, expect: Expect, version: number): void {
  if (expect === 'any' || expect === version) return
  if (expect === 'none' && version === 0) return
  if (expect === 'exists' && version > 0) return
  throw new ConcurrencyError(stream, expect, version)
}
