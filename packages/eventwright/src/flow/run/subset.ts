import type { Json } from '../model/index.ts'

/** True if `actual` holds all that `expected` says: objects as subsets, lists element by element. */
export function isSubset(expected: Json | undefined, actual: Json | undefined): boolean {
  if (expected === undefined) return true
  if (isList(expected)) return isList(actual) && sameList(expected, actual)
  if (typeof expected !== 'object' || expected === null) return expected === actual
  if (typeof actual !== 'object' || actual === null || isList(actual)) return false
  return Object.entries(expected).every(([name, value]) => isSubset(value, actual[name]))
}

function sameList(expected: readonly Json[], actual: readonly Json[]): boolean {
  return expected.length === actual.length && expected.every((value, index) => isSubset(value, actual[index]))
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
