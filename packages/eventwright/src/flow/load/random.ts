import { randomFrom } from '../run/adversity/random.ts'

/** Numbers that look like chance and repeat with their seed. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item | undefined
}

/**
 * Chance of its own for each thing that is named (the seed, the number of an order): what comes of one does not hang
 * on which came first.
 */
export function randomOf(...name: readonly (string | number)[]): Random {
  const next = randomFrom(hash32(name.join('\u0000')))
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)],
  }
}

/** FNV-1a, with a last mix so that neighbouring names part. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
