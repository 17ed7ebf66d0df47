import { EventwrightError } from '@eventwright/core'

/** The kinds of harm that a contract of the broker or of a process allows. */
export const PERTURBATIONS = ['twice', 'late', 'crash', 'interleave'] as const

export type PerturbationKind = (typeof PERTURBATIONS)[number]

/**
 * One harm that is done to a scenario. `twice`: each message is published twice, the second right behind the first.
 * `late`: each comes again when all has come to rest, and once more at the very end. `crash`: the process ends after
 * each commit, before it is acknowledged. `interleave`: which key's message is handled next is drawn from the seed.
 */
export type Perturbation =
  | {
      readonly kind: Exclude<PerturbationKind, 'interleave'>
      /** Only at these steps, by their names; default at each. */
      readonly steps?: readonly string[]
    }
  | { readonly kind: 'interleave'; readonly seed: number }

/** A text that names no perturbation. */
export class UnknownPerturbation extends EventwrightError {
  readonly code = 'UnknownPerturbation'
}

/** A step that no scenario came to. */
export class UnknownStep extends EventwrightError {
  readonly code = 'UnknownStep'
}

/** Orders that are tried where no seed is named. */
const ORDERS = 3
const HIGHEST_SEED = 2 ** 32 - 1

/**
 * The perturbations that a text asks for: `twice`, `crash:shop.orders/OrderPlaced/o-1#1`, `interleave:7`; without a
 * text all kinds, with three orders drawn from `seed` (default 1) on. @throws UnknownPerturbation
 */
export function perturbationsOf(text?: string, seed: number = 1): readonly Perturbation[] {
  if (text === undefined) return PERTURBATIONS.flatMap((kind) => perturbationsOf(kind, seed))
  const [name = '', ...rest] = text.split(':')
  const kind = PERTURBATIONS.find((known) => known === name)
  const what = rest.length === 0 ? undefined : rest.join(':')
  const steps = what?.split(',')
  if (kind === undefined || steps?.includes('')) throw unknown(text)
  if (kind !== 'interleave') return [steps === undefined ? { kind } : { kind, steps }]
  const first = seedOf(what ?? String(seed)) ?? fail(unknown(text))
  const orders = what === undefined ? ORDERS : 1
  return Array.from({ length: orders }, (_, order) => ({ kind, seed: first + order }))
}

/** As `perturbationsOf` reads it. */
export function perturbationText(perturbation: Perturbation): string {
  if (perturbation.kind === 'interleave') return `interleave:${perturbation.seed}`
  const { kind, steps } = perturbation
  return steps === undefined ? kind : `${kind}:${steps.join(',')}`
}

function seedOf(text: string): number | undefined {
  const seed = Number(text)
  return /^\d+$/.test(text) && seed <= HIGHEST_SEED ? seed : undefined
}

function unknown(text: string): UnknownPerturbation {
  return new UnknownPerturbation(
    `"${text}" is no perturbation. There are: twice, late and crash, each at every step or at those that are named (crash:STEP,STEP), and interleave, with a whole number as its seed (interleave:7).`,
  )
}

function fail(error: Error): never {
  throw error
}
