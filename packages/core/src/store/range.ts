import type { StreamRange } from './engine.ts'
import type { ReadOptions } from './event-store.ts'

export const UNLIMITED: number = Number.MAX_SAFE_INTEGER

export function rangeOf(options: ReadOptions): StreamRange {
  return {
    from: Math.max(1, options.from ?? 1),
    to: Math.min(UNLIMITED, options.to ?? UNLIMITED),
    limit: limitOf(options.limit, UNLIMITED),
    backward: options.direction === 'backward',
  }
}

export function limitOf(limit: number | undefined, otherwise: number): number {
  return Math.max(0, Math.min(UNLIMITED, Math.floor(limit ?? otherwise)))
}
