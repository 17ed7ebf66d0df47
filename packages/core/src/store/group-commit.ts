import type { Engine } from './engine.ts'
import { StoreClosed, StoreOverloaded } from './errors.ts'
import type { StoreHealth } from './event-store.ts'
import { flushAll, flushAside, type Waiting } from './flush-units.ts'
import { type SetAside, setAside } from './set-aside.ts'
import type { Answer } from './settle/index.ts'
import { sizeOf, type Unit } from './unit.ts'

/** Units that wait for the next flush; one flush at a time, in order of arrival. */
export interface GroupCommit {
  /** `quiet`: as in `TransactionOptions`. @throws StoreClosed StoreOverloaded UnknownOutcomeError, and what the engine throws */
  submit(unit: Unit, quiet?: boolean): Promise<Answer>
  health(): StoreHealth
  /** Answers what is queued; refuses what comes later. */
  close(): Promise<void>
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
  const aside: SetAside<Waiting> = setAside(
    (one) => flushAside(engine, now, one),
    (freed) => {
      queue = [...freed, ...queue]
      for (const { size } of freed) characters += size
      begin()
    },
  )

  function begin(): void {
    flushing ??= drain().finally(() => {
      flushing = undefined
      // What came between the last look at the queue and this would else wait for the next call.
      if (queue.length > 0) begin()
    })
  }

  async function drain(): Promise<void> {
    // Calls of one turn of the event loop share the flush, also those that the last answers led to.
    while (queue.length > 0) {
      await new Promise(setImmediate)
      inFlight = take()
      await flushAll({ engine, now, aside }, inFlight)
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
        begin()
      })
    },
    health() {
      const oldest = aside.oldest ?? inFlight[0] ?? queue[0]
      return {
        oldestOpenAppend: oldest === undefined ? 0 : performance.now() - oldest.since,
        queued: queue.length + inFlight.length + aside.size,
      }
    },
    async close() {
      closed = true
      while (flushing !== undefined || aside.size > 0) {
        await flushing
        await aside.empty()
      }
    },
  }
}
