import type { Engine } from './engine.ts'
import { StoreClosed, StoreOverloaded, UnknownOutcomeError } from './errors.ts'
import type { StoreHealth } from './event-store.ts'
import { type Answer, needsOf, settle } from './settle/index.ts'
import { sizeOf, type Unit } from './unit.ts'

/** Units that wait for the next flush; one flush at a time, in order of arrival. */
export interface GroupCommit {
  /** `quiet`: as in `TransactionOptions`. @throws StoreClosed StoreOverloaded UnknownOutcomeError, and what the engine throws */
  submit(unit: Unit, quiet?: boolean): Promise<Answer>
  health(): StoreHealth
  /** Answers what is queued; refuses what comes later. */
  close(): Promise<void>
}

interface Waiting {
  readonly unit: Unit
  readonly quiet: boolean
  readonly size: number
  readonly since: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** A flush blocks the event loop of an embedded engine: this many units or characters are some ten milliseconds. */
const MOST_UNITS = 1_000
const MOST_CHARACTERS = 4_000_000

export const MOST_QUEUED = 20_000
export const MOST_QUEUED_CHARACTERS = 256_000_000

export function groupCommit(engine: Engine, now: () => number): GroupCommit {
  let queue: Waiting[] = []
  let inFlight: readonly Waiting[] = []
  let characters = 0
  let flushing: Promise<void> | undefined
  let closed = false

  async function drain(): Promise<void> {
    // Calls of one turn of the event loop share the flush, also those that the last answers led to.
    while (queue.length > 0) {
      await new Promise(setImmediate)
      inFlight = take()
      await flush(engine, now, inFlight)
      inFlight = []
    }
  }

  function take(): readonly Waiting[] {
    let count = 0
    let size = 0
    for (const waiting of queue) {
      if (count === MOST_UNITS || (count > 0 && size + waiting.size > MOST_CHARACTERS)) break
      count++
      size += waiting.size
    }
    const taken = queue.slice(0, count)
    queue = queue.slice(count)
    characters -= size
    return taken
  }

  return {
    submit(unit, quiet = false) {
      if (closed) return Promise.reject(new StoreClosed(engine.url))
      if (queue.length >= MOST_QUEUED || characters >= MOST_QUEUED_CHARACTERS) {
        return Promise.reject(new StoreOverloaded(engine.url, queue.length))
      }
      return new Promise((resolve, reject) => {
        const size = sizeOf(unit)
        characters += size
        queue.push({ unit, quiet, size, since: performance.now(), resolve, reject })
        flushing ??= drain().finally(() => {
          flushing = undefined
        })
      })
    },
    health() {
      const oldest = inFlight[0] ?? queue[0]
      return {
        oldestOpenAppend: oldest === undefined ? 0 : performance.now() - oldest.since,
        queued: queue.length + inFlight.length,
      }
    },
    async close() {
      closed = true
      while (flushing !== undefined) await flushing
    },
  }
}

/** Never rejects: each caller hears of it. */
async function flush(engine: Engine, now: () => number, waiting: readonly Waiting[]): Promise<void> {
  const units = waiting.map(({ unit }) => unit)
  const quiet = waiting.every((one) => one.quiet)
  let answers: readonly Answer[] = []
  try {
    await engine.flush(
      needsOf(units),
      (found) => {
        const settled = settle(units, found, now())
        answers = settled.answers
        return settled.batch
      },
      { quiet },
    )
  } catch (error) {
    return failed(engine, now, waiting, error)
  }
  for (const [index, { resolve, reject }] of waiting.entries()) {
    const answer = answers[index]
    if (answer === undefined) reject(new UnknownOutcomeError(engine.url))
    else resolve(answer)
  }
}

/** An engine that refuses a flush wrote nothing of it: in halves, what it cannot take harms no neighbour. */
async function failed(
  engine: Engine,
  now: () => number,
  waiting: readonly Waiting[],
  error: unknown,
): Promise<void> {
  if (waiting.length === 1 || error instanceof UnknownOutcomeError) {
    for (const { reject } of waiting) reject(error)
    return
  }
  const half = Math.ceil(waiting.length / 2)
  await flush(engine, now, waiting.slice(0, half))
  await flush(engine, now, waiting.slice(half))
}
