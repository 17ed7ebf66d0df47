/**
 * Lets a suspect run while nothing else of this process runs, so that a crash can be laid at its door.
 * Ordinary work shares (batches, slices of a projection, timers, sends of the relay); a suspect waits for what runs
 * and holds back what comes next. `work` that shares asks for nothing that shares: it would wait for itself.
 */
export interface Quiet {
  shared<Result>(work: () => Promise<Result>): Promise<Result>
  /** `work` is told whether it truly runs alone: it does not when others would not end in `patience` milliseconds. */
  alone<Result>(work: (truly: boolean) => Promise<Result>, patience: number): Promise<Result>
}

/** Milliseconds after which a suspect that hangs no longer holds the others back. */
const LONGEST_HOLD = 30_000

export function quiet(): Quiet {
  let running = 0
  let held: Promise<void> = Promise.resolve()
  let queue: Promise<void> = Promise.resolve()
  const drained = new Set<() => void>()

  async function shared<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let gate = held; ; gate = held) {
      await gate
      if (gate === held) break
    }
    running++
    try {
      return await work()
    } finally {
      running--
      if (running === 0) for (const tell of drained) tell()
    }
  }

  async function othersEnd(patience: number): Promise<boolean> {
    if (running === 0) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const tell = (): void => resolve(true)
    const timeout = setTimeout(() => resolve(false), patience)
    drained.add(tell)
    const ended = await promise
    clearTimeout(timeout)
    drained.delete(tell)
    return ended
  }

  async function alone<Result>(work: (truly: boolean) => Promise<Result>, patience: number): Promise<Result> {
    const turn = Promise.withResolvers<void>()
    const before = queue
    queue = turn.promise
    await before
    const gate = Promise.withResolvers<void>()
    held = gate.promise
    const timeout = setTimeout(gate.resolve, LONGEST_HOLD).unref()
    try {
      return await work(await othersEnd(patience))
    } finally {
      clearTimeout(timeout)
      gate.resolve()
      turn.resolve()
    }
  }

  return { shared, alone }
}

const quiets = new WeakMap<object, Quiet>()

/** The one of a runtime: all consumers of it share it. */
export function quietOf(owner: object): Quiet {
  const known = quiets.get(owner)
  if (known) return known
  const made = quiet()
  quiets.set(owner, made)
  return made
}
