import type { EventStore, LogSlice } from '../store/index.ts'

/** A log that is read slice by slice, of which the next one may be on its way. What stands in a slice is final. */
export interface Slices {
  /** What stands behind this position: what was read ahead where that is it, else read now. */
  behind(position: number): Promise<LogSlice>
  /** Begins to read what stands behind this position, in place of what was read ahead before. */
  ahead(position: number): void
  /** Forgets what was read ahead; resolves when nothing is being read. */
  drop(): Promise<void>
}

interface Reading {
  readonly position: number
  readonly slice: Promise<LogSlice>
}

export function slicesOf(
  store: Pick<EventStore, 'readAll'>,
  types: readonly string[],
  limit: number,
): Slices {
  let next: Reading | undefined

  const read = (after: number): Promise<LogSlice> => store.readAll({ after, types, limit })

  return {
    behind(position) {
      const before = next
      next = undefined
      return before?.position === position ? before.slice : read(position)
    },
    ahead(position) {
      const slice = read(position)
      // Whoever asks for it hears of it.
      slice.catch(() => {})
      next = { position, slice }
    },
    async drop() {
      const before = next
      next = undefined
      await before?.slice.catch(() => {})
    },
  }
}
