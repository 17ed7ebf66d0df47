import { Contended } from './contended.ts'
import type { Engine } from './engine.ts'
import { ConnectionLost, StoreContended, UnknownOutcomeError } from './errors.ts'
import type { SetAside } from './set-aside.ts'
import { type Answer, needsOf, settle } from './settle/index.ts'
import type { Unit } from './unit.ts'

/** A unit whose caller waits for its answer. */
export interface Waiting {
  readonly unit: Unit
  readonly quiet: boolean
  readonly size: number
  readonly since: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Milliseconds for which a call waits for locks that others hold. */
const LONGEST_CONTENDED = 30_000

export interface Flushing {
  readonly engine: Engine
  readonly now: () => number
  readonly aside: SetAside<Waiting>
}

/** Never rejects: each caller hears of it. */
export async function flushAll(flushing: Flushing, all: readonly Waiting[]): Promise<void> {
  const waiting = flushing.aside.passing(all)
  if (waiting.length === 0) return
  try {
    await write(flushing.engine, flushing.now, waiting)
  } catch (error) {
    return failed(flushing, waiting, error)
  }
}

async function write(engine: Engine, now: () => number, waiting: readonly Waiting[]): Promise<void> {
  const units = waiting.map(({ unit }) => unit)
  const quiet = waiting.every((one) => one.quiet)
  let answers: readonly Answer[] = []
  await engine.flush(
    needsOf(units),
    (found) => {
      const settled = settle(units, found, now(), engine.epoch)
      answers = settled.answers
      return settled.batch
    },
    { quiet },
  )
  for (const [index, { resolve, reject }] of waiting.entries()) {
    const answer = answers[index]
    if (answer === undefined) reject(new UnknownOutcomeError(engine.url))
    else resolve(answer)
  }
}

/** An engine that refuses a flush wrote nothing of it: in halves, what it cannot take harms no neighbour. */
async function failed(flushing: Flushing, waiting: readonly Waiting[], error: unknown): Promise<void> {
  const [first] = waiting
  if (first !== undefined && waiting.length === 1 && error instanceof Contended) {
    return flushing.aside.add(first)
  }
  // A database that is gone is no unit's fault: to ask it for each half would take each caller's patience again.
  const gone = error instanceof UnknownOutcomeError || error instanceof ConnectionLost
  if (waiting.length === 1 || gone) {
    for (const { reject } of waiting) reject(error)
    return
  }
  const half = Math.ceil(waiting.length / 2)
  await flushAll(flushing, waiting.slice(0, half))
  await flushAll(flushing, waiting.slice(half))
}

/** One that was contended before. */
export async function flushAside(
  engine: Engine,
  now: () => number,
  one: Waiting,
): Promise<'done' | 'contended'> {
  try {
    await write(engine, now, [one])
  } catch (error) {
    const again = error instanceof Contended && performance.now() - one.since < LONGEST_CONTENDED
    if (again) return 'contended'
    one.reject(error instanceof Contended ? new StoreContended(engine.url, error) : error)
  }
  return 'done'
}
