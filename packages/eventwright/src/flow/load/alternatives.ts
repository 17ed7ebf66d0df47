import type { Command } from '../model/index.ts'
import type { Random } from './random.ts'

/** What may be answered, with weights. */
export interface Alternatives {
  readonly choices: readonly { readonly command: Command; readonly weight: number }[]
  readonly silent: number
  /** True where a saga waits for one of them. */
  readonly awaited: boolean
}

/** Of a hundred that a saga waits for, so many are given, refused in words, withdrawn, or never answered. */
export const WEIGHT = { done: 90, fail: 8, cancel: 1, silent: 2 }

/** Commands that share a weight. */
export function shared(commands: readonly Command[], weight: number): Alternatives['choices'] {
  return commands.map((command) => ({ command, weight: weight / commands.length }))
}

/** One of the alternatives; `undefined` is silence. */
export function choose({ choices, silent }: Alternatives, random: Random): Command | undefined {
  let left = random.next() * choices.reduce((sum, { weight }) => sum + weight, silent)
  return choices.find(({ weight }) => {
    left -= weight
    return left < 0
  })?.command
}
