import type { Waiting } from './flush-units.ts'
import { meet, orderedBy } from './touches.ts'

/** Units in order of arrival. */
export interface Queue {
  readonly length: number
  readonly characters: number
  readonly oldest: Waiting | undefined
  push(waiting: Waiting): void
  /** Before all others. */
  putBack(waiting: readonly Waiting[]): void
  /**
   * The first `most`, up to a size. What touches the same as those in flight stays, and so does what came later and
   * touches the same as that.
   */
  take(most: number, inFlight: readonly Waiting[]): readonly Waiting[]
}

/** A flush blocks the event loop of an embedded engine: this many characters are some ten milliseconds. */
const MOST_CHARACTERS = 4_000_000

export function queueOfUnits(): Queue {
  let queue: readonly Waiting[] = []
  let arriving: Waiting[] = []
  let characters = 0

  return {
    get length() {
      return queue.length + arriving.length
    },
    get characters() {
      return characters
    },
    get oldest() {
      return queue[0] ?? arriving[0]
    },
    push(waiting) {
      arriving.push(waiting)
      characters += waiting.size
    },
    putBack(waiting) {
      queue = [...waiting, ...queue]
      for (const { size } of waiting) characters += size
    },
    take(most, inFlight) {
      const all = arriving.length === 0 ? queue : [...queue, ...arriving]
      arriving = []
      const { taken, kept } = parted(all, most, inFlight)
      queue = kept
      for (const { size } of taken) characters -= size
      return taken
    },
  }
}

interface Parted {
  readonly taken: readonly Waiting[]
  readonly kept: readonly Waiting[]
}

function parted(all: readonly Waiting[], most: number, inFlight: readonly Waiting[]): Parted {
  const busy = new Set(inFlight.flatMap(({ unit }) => orderedBy(unit)))
  const taken: Waiting[] = []
  const kept: Waiting[] = []
  let size = 0
  for (const [index, waiting] of all.entries()) {
    if (isFull(taken.length, most, size + waiting.size))
      return { taken, kept: [...kept, ...all.slice(index)] }
    if (mustWait(waiting, busy)) kept.push(waiting)
    else {
      taken.push(waiting)
      size += waiting.size
    }
  }
  return { taken, kept }
}

function isFull(count: number, most: number, size: number): boolean {
  return count === most || (count > 0 && size > MOST_CHARACTERS)
}

/** What comes behind it waits too. */
function mustWait({ unit }: Waiting, busy: Set<string>): boolean {
  if (busy.size === 0) return false
  const touches = orderedBy(unit)
  if (!meet(busy, touches)) return false
  for (const key of touches) busy.add(key)
  return true
}
