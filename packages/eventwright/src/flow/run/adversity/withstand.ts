import { narrow } from './narrow.ts'
import { type Perturbation, type PerturbationKind, perturbationText } from './perturbation.ts'

/** One run of a scenario under a perturbation. */
export interface Perturbed<Ended> {
  readonly ended: Ended
  readonly failed: boolean
  /** The steps that were disturbed. */
  readonly disturbed: ReadonlySet<string>
}

/** A perturbation under which a scenario did not end as it should, as small as it could be made. */
export interface AdversityFailure<Ended> {
  /** What repeats it: `crash:payments/RequestPayment/o-1#1`. */
  readonly perturbation: string
  readonly ended: Ended
}

/** What a scenario went through, and what it did not bear. */
export interface AdversityResult<Ended> {
  /** The names of the steps that were disturbed; of `interleave` the orders that were tried. */
  readonly disturbed: Readonly<Record<PerturbationKind, readonly string[]>>
  readonly failures: readonly AdversityFailure<Ended>[]
}

/** Milliseconds after which what was found so far has to do: a run that does not come to rest takes long. */
const NARROWING = 30_000

type Run<Ended> = (perturbation: Perturbation) => Promise<Perturbed<Ended>>

/**
 * Runs a scenario under one perturbation after the other. A kind that it did not bear is narrowed down, and not tried
 * further.
 */
export async function withstand<Ended>(
  perturbations: readonly Perturbation[],
  run: Run<Ended>,
  onStart: (perturbation: Perturbation, index: number, total: number) => void = () => {},
): Promise<AdversityResult<Ended>> {
  const disturbed: Record<PerturbationKind, string[]> = { twice: [], late: [], crash: [], interleave: [] }
  const failures: AdversityFailure<Ended>[] = []
  const failed = new Set<PerturbationKind>()
  for (const [index, perturbation] of perturbations.entries()) {
    const { kind } = perturbation
    if (failed.has(kind)) continue
    onStart(perturbation, index, perturbations.length)
    const perturbed = await run(perturbation)
    disturbed[kind].push(...undergone(perturbation, perturbed.disturbed))
    if (!perturbed.failed) continue
    failed.add(kind)
    failures.push(await smallest(perturbation, perturbed, run))
  }
  return { disturbed, failures }
}

// Where one message is all, there is no other order.
function undergone(perturbation: Perturbation, steps: ReadonlySet<string>): readonly string[] {
  if (perturbation.kind !== 'interleave') return [...steps]
  return steps.size > 1 ? [perturbationText(perturbation)] : []
}

async function smallest<Ended>(
  perturbation: Perturbation,
  { ended, disturbed }: Perturbed<Ended>,
  run: Run<Ended>,
): Promise<AdversityFailure<Ended>> {
  const found = { perturbation: perturbationText(perturbation), ended }
  if (perturbation.kind === 'interleave') return found
  const { kind } = perturbation
  const until = performance.now() + NARROWING
  const narrowed = await narrow([...disturbed], async (steps) => {
    if (performance.now() > until) return undefined
    const perturbed = await run({ kind, steps })
    return perturbed.failed ? perturbed.ended : undefined
  })
  if (!narrowed) return found
  return {
    perturbation: perturbationText({ kind, steps: narrowed.steps }),
    ended: narrowed.failure,
  }
}
