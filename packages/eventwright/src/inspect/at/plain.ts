import { inspect } from 'node:util'

/** A state as plain JSON: maps as objects, sets as lists; what JSON cannot say at all, as the text of it. */
export function plainOf(state: unknown): unknown {
  try {
    const text = JSON.stringify(state, replaced)
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return inspect(state, { depth: 10 })
  }
}

function replaced(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  return typeof value === 'bigint' ? String(value) : value
}
