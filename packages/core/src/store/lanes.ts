/** In-process turns by key: units that missed on the same thing run one after another. */
export interface Lanes {
  /** Resolves when it is this caller's turn, at the latest after 250 ms. Gives what ends the turn. */
  enter(key: string): Promise<() => void>
}

/** Turns are for speed only, the flush keeps things right: so a slow holder does not hold others up for ever. */
const LONGEST_WAIT = 250

export function lanes(): Lanes {
  const tails = new Map<string, Promise<void>>()
  return {
    async enter(key) {
      const before = tails.get(key)
      const { promise, resolve } = Promise.withResolvers<void>()
      const tail = (before ?? Promise.resolve()).then(() => promise)
      tails.set(key, tail)
      if (before !== undefined) await atMost(before)
      return () => {
        resolve()
        if (tails.get(key) === tail) tails.delete(key)
      }
    },
  }
}

async function atMost(turn: Promise<void>): Promise<void> {
  let timeout: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timeout = setTimeout(resolve, LONGEST_WAIT)
  })
  await Promise.race([turn, late])
  clearTimeout(timeout)
}
