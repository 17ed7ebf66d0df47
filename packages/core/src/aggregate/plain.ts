/**
 * How much a state holds, in values and characters. Undefined where a copy would not be the same: it holds an
 * instance of a class, which comes out of `structuredClone` without its methods, or what cannot be copied at all.
 */
export function plainSize(state: unknown): number | undefined {
  const left: unknown[] = [state]
  const seen = new Set<object>()
  let size = 0
  // Grows while it is walked through.
  for (const value of left) {
    size += typeof value === 'string' ? 1 + value.length : 1
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    const parts = partsOf(value)
    if (parts === undefined) return undefined
    for (const part of parts) left.push(part)
  }
  return size
}

/** Exact prototypes only: of a subclass the copy is an instance of the base. */
function partsOf(value: object): Iterable<unknown> | undefined {
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
      return Object.values(value)
    case Array.prototype:
    case Set.prototype:
      return value as Iterable<unknown>
    case Map.prototype:
      return [...(value as ReadonlyMap<unknown, unknown>)].flat()
    case Date.prototype:
      return []
    default:
      return undefined
  }
}
