import type { Ids } from '../event/index.ts'

/** Ids that a test can foresee: `sequentialIds('e')` gives `e-1`, `e-2`, … */
export function sequentialIds(prefix = 'id'): Ids {
  let last = 0
  return () => {
    last += 1
    return `${prefix}-${last}`
  }
}
