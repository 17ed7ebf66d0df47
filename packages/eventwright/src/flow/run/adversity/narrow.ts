/** What is left of the steps, and how a run with these alone ended. */
export interface Narrowed<Failure> {
  readonly steps: readonly string[]
  readonly failure: Failure
}

/**
 * The fewest steps that still fail: one alone where that suffices, else what halving leaves (delta debugging; Zeller
 * and Hildebrandt, 2002). `undefined` where nothing smaller fails. `fails` runs a scenario with these steps.
 */
export async function narrow<Failure>(
  steps: readonly string[],
  fails: (steps: readonly string[]) => Promise<Failure | undefined>,
): Promise<Narrowed<Failure> | undefined> {
  for (const step of steps) {
    const failure = steps.length > 1 ? await fails([step]) : undefined
    if (failure !== undefined) return { steps: [step], failure }
  }
  return halve(steps, 2, fails)
}

async function halve<Failure>(
  steps: readonly string[],
  parts: number,
  fails: (steps: readonly string[]) => Promise<Failure | undefined>,
): Promise<Narrowed<Failure> | undefined> {
  const size = Math.ceil(steps.length / parts)
  for (let from = 0; from < steps.length; from += size) {
    const part = steps.slice(from, from + size)
    const rest = [...steps.slice(0, from), ...steps.slice(from + size)]
    for (const [some, next] of [
      [part, 2],
      [rest, Math.max(2, parts - 1)],
    ] as const) {
      // One alone was tried already.
      if (some.length < 2 || some.length === steps.length) continue
      const failure = await fails(some)
      if (failure !== undefined) return (await halve(some, next, fails)) ?? { steps: some, failure }
    }
  }
  return size <= 1 ? undefined : halve(steps, Math.min(steps.length, parts * 2), fails)
}
