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

/** Those that were used of late, and as many of those before. */
const MOST_KNOWN = 25_000
/** A guess that was wrong costs a round trip: after the first so many flushes ask, later more, at last so many. */
const FIRST_PAUSE = 4
const LONGEST_PAUSE = 256

export function knownStreams(): KnownStreams {
  let recent = new Map<string, StreamRow>()
  let before = new Map<string, StreamRow>()
  let pause = FIRST_PAUSE
  let asking = 0

  const find = (key: string): StreamRow | undefined => recent.get(key) ?? before.get(key)

  /** One without events may have been made by a transaction that was rolled back. */
  function keep(key: string, row: StreamRow): void {
    if (row.version === 0) drop(key)
    else recent.set(key, row)
    if (recent.size < MOST_KNOWN) return
    before = recent
    recent = new Map()
  }

  function drop(key: string): void {
    recent.delete(key)
    before.delete(key)
  }

  return {
    get: find,
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
      if ([...streams.keys()].some((key) => find(key) === undefined)) {
        asking = pause
        pause = Math.min(LONGEST_PAUSE, 2 * pause)
      }
      for (const key of streams.keys()) drop(key)
    },
  }
}
