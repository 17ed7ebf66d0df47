import type { Engine } from './engine.ts'
import { StoreClosed, StoreOverloaded } from './errors.ts'
import type { StoreHealth } from './event-store.ts'
import { flushAll, flushAside, type Waiting } from './flush-units.ts'
import { queueOfUnits } from './queue.ts'
import { type SetAside, setAside } from './set-aside.ts'
import type { Answer } from './settle/index.ts'
import { sizeOf, type Unit } from './unit.ts'

/** Units that wait for the next flush, in order of arrival; as many flushes at a time as the engine takes. */
export interface GroupCommit {
  /** `quiet`: as in `TransactionOptions`. @throws StoreClosed StoreOverloaded UnknownOutcomeError, and what the engine throws */
  submit(unit: Unit, quiet?: boolean): Promise<Answer>
  health(): StoreHealth
  /** Answers what is queued; refuses what comes later. */
  close(): Promise<void>
}

/** A flush blocks the event loop of an embedded engine: this many units are some ten milliseconds. */
const MOST_UNITS = 1_000
/** With so many waiting and more than one flush at a time, they share them: one is prepared while another is written. */
const WORTH_SHARING = 64

export const MOST_QUEUED = 20_000
export const MOST_QUEUED_CHARACTERS = 256_000_000

export function groupCommit(engine: Engine, now: () => number): GroupCommit {
  const { flights = 1 } = engine
  const queue = queueOfUnits()
  const flying = new Map<readonly Waiting[], Promise<void>>()
  let beginning: Promise<void> | undefined
  let closed = false
  const aside: SetAside<Waiting> = setAside(
    (one) => flushAside(engine, now, one),
    (freed) => {
      queue.putBack(freed)
      begin()
    },
  )

  /** Calls of one turn of the event loop share the flush, also those that the last answers led to. */
  function begin(): void {
    beginning ??= new Promise<void>((resolve) => {
      setImmediate(resolve)
    }).then(() => {
      beginning = undefined
      while (flying.size < flights && fly()) {}
    })
  }

  /** False where nothing that waits may be flushed now. */
  function fly(): boolean {
    const inFlight = [...flying.keys()].flat()
    const taken = queue.take(share(), inFlight)
    if (taken.length === 0) return false
    const flight = flushAll({ engine, now, aside }, taken).finally(() => {
      flying.delete(taken)
      if (queue.length > 0) begin()
    })
    flying.set(taken, flight)
    return true
  }

  function share(): number {
    if (queue.length < WORTH_SHARING) return MOST_UNITS
    return Math.min(MOST_UNITS, Math.ceil(queue.length / (flights - flying.size)))
  }

  return {
    submit(unit, quiet = false) {
      if (closed) return Promise.reject(new StoreClosed(engine.url))
      if (queue.length >= MOST_QUEUED || queue.characters >= MOST_QUEUED_CHARACTERS) {
        return Promise.reject(new StoreOverloaded(engine.url, queue.length))
      }
      return new Promise((resolve, reject) => {
        queue.push({ unit, quiet, size: sizeOf(unit), since: performance.now(), resolve, reject })
        begin()
      })
    },
    health() {
      const inFlight = [...flying.keys()].flat()
      const oldest = aside.oldest ?? inFlight[0] ?? queue.oldest
      return {
        oldestOpenAppend: oldest === undefined ? 0 : performance.now() - oldest.since,
        queued: queue.length + inFlight.length + aside.size,
      }
    },
    async close() {
      closed = true
      while (beginning !== undefined || flying.size > 0 || aside.size > 0) {
        await beginning
        await Promise.all(flying.values())
        await aside.empty()
      }
    },
  }
}
