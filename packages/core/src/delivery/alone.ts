import { within } from './within.ts'

/**
 * Lets a suspect run while nothing else of this process runs, so that a crash can be laid at its door. Batches share;
 * a suspect waits for those that run and holds back the next ones. What is no message's (slices of a projection,
 * timers, sends of the relay) makes room for a moment only: who hangs there must not keep a suspect from being judged,
 * nor a suspect that takes long the events from being sent.
 */
export interface Quiet {
  /** A batch. It asks for nothing else here: that would wait for itself. */
  shared<Result>(work: () => Promise<Result>): Promise<Result>
  /** Anything else. */
  beside<Result>(work: () => Promise<Result>): Promise<Result>
  /** `work` is told whether it truly runs alone: it does not when batches would not end in `patience` milliseconds. */
  alone<Result>(work: (truly: boolean) => Promise<Result>, patience: number): Promise<Result>
}

/** Milliseconds after which a suspect that hangs no longer holds the others back. */
const LONGEST_HOLD = 30_000
/** Milliseconds that a suspect and what is no message's wait for each other. */
const MOMENT = 1000

export function quiet(): Quiet {
  const batches = group()
  const others = group()
  let held: Promise<void> = Promise.resolve()
  let isHeld = false
  let queue: Promise<void> = Promise.resolve()

  async function shared<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let gate = held; ; gate = held) {
      await gate
      if (gate === held) break
    }
    return batches.run(work)
  }

  async function beside<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isHeld) await roomFor(MOMENT)
    return others.run(work)
  }

  /** Resolves when nobody holds back, or after so many milliseconds. */
  async function roomFor(milliseconds: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<boolean>()
    const timeout = setTimeout(resolve, milliseconds, true)
    for (let gate = held; ; gate = held) {
      if ((await Promise.race([gate, late])) || gate === held) break
    }
    clearTimeout(timeout)
  }

  async function alone<Result>(work: (truly: boolean) => Promise<Result>, patience: number): Promise<Result> {
    const turn = Promise.withResolvers<void>()
    const before = queue
    queue = turn.promise
    await before
    const gate = Promise.withResolvers<void>()
    const free = (): void => {
      isHeld = false
      gate.resolve()
    }
    held = gate.promise
    isHeld = true
    const timeout = setTimeout(free, LONGEST_HOLD).unref()
    try {
      const [truly, ended] = await Promise.all([batches.ended(patience), others.ended(MOMENT)])
      if (!ended) others.forget()
      return await work(truly)
    } finally {
      clearTimeout(timeout)
      free()
      turn.resolve()
    }
  }

  return { shared, beside, alone }
}

/** What runs at once. */
interface Group {
  run<Result>(work: () => Promise<Result>): Promise<Result>
  /** False when something still runs after so many milliseconds. */
  ended(patience: number): Promise<boolean>
  /** Nobody waits again for what runs now. */
  forget(): void
}

function group(): Group {
  const running = new Set<symbol>()
  let drained = Promise.withResolvers<void>()

  function end(one: symbol): void {
    if (!running.delete(one) || running.size > 0) return
    drained.resolve()
    drained = Promise.withResolvers()
  }

  return {
    async run(work) {
      const one = Symbol()
      running.add(one)
      try {
        return await work()
      } finally {
        end(one)
      }
    },
    ended: async (patience) => running.size === 0 || within(patience, drained.promise),
    forget() {
      running.clear()
    },
  }
}

const quiets = new WeakMap<object, Quiet>()

/** The one of a runtime: all that runs in it shares it. */
export function quietOf(owner: object): Quiet {
  const known = quiets.get(owner)
  if (known) return known
  const made = quiet()
  quiets.set(owner, made)
  return made
}
