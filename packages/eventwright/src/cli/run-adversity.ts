import { shownUrl } from '@eventwright/core/engines'
import {
  PERTURBATIONS,
  type Perturbation,
  type PerturbationKind,
  perturbationsOf,
  type ScenarioResult,
  UnknownPerturbation,
} from '../flow/index.ts'
import { shellWord } from './shell-word.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'

/** What of a command line says how scenarios are disturbed, and where. */
export interface AdversityOptions {
  /** True where no kind is named. */
  readonly adversity?: string | true
  readonly seed?: string
  readonly store?: string
  readonly broker?: string
}

/** The perturbations that a command line asks for; none without `--adversity`. @throws UsageError */
export function adversityOf({ adversity, seed }: AdversityOptions): readonly Perturbation[] | undefined {
  if (adversity === undefined) {
    if (seed !== undefined) throw new UsageError('--seed goes with --adversity or --load')
    return undefined
  }
  try {
    return perturbationsOf(adversity === true ? undefined : adversity, seedOf(seed))
  } catch (error) {
    throw error instanceof UnknownPerturbation ? new UsageError(`--adversity: ${error.message}`) : error
  }
}

function seedOf(seed: string | undefined): number | undefined {
  if (seed === undefined || /^\d{1,9}$/.test(seed)) return seed === undefined ? undefined : Number(seed)
  throw new UsageError(`--seed ${seed}: no such seed of --adversity; use a whole number below 1000000000`)
}

/** The command line that repeats one scenario under one perturbation. */
export function repeating(
  file: string,
  { store, broker }: AdversityOptions,
): (scenario: string, perturbation: string) => string {
  const engines = Object.entries({ store, broker }).flatMap(([name, url]) =>
    url === undefined ? [] : [`--${name}`, shownUrl(url)],
  )
  return (scenario, perturbation) => {
    const words = ['run', file, '--scenario', scenario, '--adversity', perturbation, ...engines]
    return `eventwright ${words.map(shellWord).join(' ')}`
  }
}

/** What all scenarios were put through, what of them does not bear it, and what was left alone. */
export function adversityText(results: readonly ScenarioResult[]): string {
  return `${paint('bold', 'Adversity')}: ${borneText(results)}.${leftAloneText(results)}`
}

function borneText(results: readonly ScenarioResult[]): string {
  const tried = results.filter(({ adversity }) => adversity)
  if (tried.length === 0) return 'nothing was disturbed'
  const fallen = tried.filter(({ verdict }) => verdict === 'failed').length
  const verdict = fallen === 0 ? 'all end as they should' : paint('red', `${fallen} end otherwise`)
  const scenarios = tried.length === 1 ? '1 scenario' : `${tried.length} scenarios`
  return `${scenarios} under ${ordealText(tried) || 'nothing that could be disturbed'}: ${verdict}`
}

function leftAloneText(results: readonly ScenarioResult[]): string {
  const failed = results.filter(({ adversity, verdict }) => !adversity && verdict === 'failed').length
  const failing = failed === 0 ? '' : ` What fails as it is (${failed}) is not disturbed.`
  const open = results.some(({ verdict }) => verdict === 'open')
  return open ? `${failing} Open questions have no \`then\`, so nothing disturbs them.` : failing
}

const NAMES: Readonly<Record<PerturbationKind, readonly [one: string, many: string]>> = {
  twice: ['duplicate', 'duplicates'],
  late: ['late duplicate', 'late duplicates'],
  crash: ['crash', 'crashes'],
  interleave: ['other order', 'other orders'],
}

/** `18 duplicates, 38 crashes`: what these scenarios were put through; empty where there was nothing. */
export function ordealText(results: readonly ScenarioResult[]): string {
  const counts = ordeals(results)
  return PERTURBATIONS.flatMap((kind) => {
    const [one, many] = NAMES[kind]
    const count = counts[kind]
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]
  }).join(', ')
}

/** How often these scenarios were disturbed, by kind. */
export function ordeals(results: readonly ScenarioResult[]): Readonly<Record<PerturbationKind, number>> {
  const count = (kind: PerturbationKind): number =>
    results.reduce((sum, { adversity }) => sum + (adversity?.disturbed[kind].length ?? 0), 0)
  return {
    twice: count('twice'),
    late: count('late'),
    crash: count('crash'),
    interleave: count('interleave'),
  }
}
