import type { Batch, Needs } from '../settle/index.ts'
import type { StreamRow } from './streams.ts'

/** How far streams had come when this process saw them last, to guess by: what is written is held against it. */
export interface KnownStreams {
  get(key: string): StreamRow | undefined
  /** Whether it is worth while to guess that one which is not known is not there. */
  mayBeNew(): boolean
  /** What was found, after what was written then, if anything. */
  learn(rows: ReadonlyMap<string, StreamRow>, written?: Batch): void
  /** A guess was wrong. */
  forget(needs: Needs): void
}

const MOST_KNOWN = 50_000
/** A guess that was wrong costs a round trip: after the first so many flushes ask, later more, at last so many. */
const FIRST_PAUSE = 4
const LONGEST_PAUSE = 256

export function knownStreams(): KnownStreams {
  const known = new Map<string, StreamRow>()
  let pause = FIRST_PAUSE
  let asking = 0

  /** One without events may have been made by a transaction that was rolled back. */
  function keep(key: string, row: StreamRow): void {
    known.delete(key)
    if (row.version === 0) return
    known.set(key, row)
    if (known.size <= MOST_KNOWN) return
    const oldest = known.keys().next().value
    if (oldest !== undefined) known.delete(oldest)
  }

  return {
    get: (key) => known.get(key),
    mayBeNew() {
      if (asking === 0) return true
      asking--
      return false
    },
    learn(rows, written) {
      let isNew = false
      for (const [key, row] of rows) {
        const version = written?.streams.get(key)?.version ?? row.version
        isNew ||= row.version === 0 && version > 0
        keep(key, { key: row.key, version })
      }
      if (isNew) pause = FIRST_PAUSE
    },
    forget({ streams }) {
      if ([...streams.keys()].some((key) => !known.has(key))) {
        asking = pause
        pause = Math.min(LONGEST_PAUSE, 2 * pause)
      }
      for (const key of streams.keys()) known.delete(key)
    },
  }
}
