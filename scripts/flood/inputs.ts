import { type Random, randomOf } from '../../packages/eventwright/src/flow/load/random.ts'

/** One thing that happened: it must count once. */
export interface Input {
  readonly number: number
  readonly key: string
  /** In the stream of its key, from 1; undefined where the message is known by its id alone. */
  readonly version: number | undefined
  readonly amount: number
}

export interface FloodShape {
  readonly seed: string
  /** Things that happen. */
  readonly messages: number
  /** Share of them whose message comes a second time. */
  readonly duplicates: number
  /** Share of them whose message comes behind others that happened later. */
  readonly late: number
}

/** What is counted of a key. */
export interface Sum {
  readonly count: number
  readonly amount: number
}

export const NOTHING: Sum = { count: 0, amount: 0 }

export function plus(before: Sum, { amount }: { readonly amount: number }): Sum {
  return { count: before.count + 1, amount: before.amount + amount }
}

/** Messages of a key on average. */
const PER_KEY = 100
/** Messages by which one is late at most, and by which a second one is. */
const LATEST = 50
const LATEST_DUPLICATE = 2000

/**
 * Inputs as they are published, and counted in `sums` as they happen. What is known by its version in a stream
 * comes in the order of its stream, a late one with those that follow it; what is known by its id in any order.
 */
export function* deliveries(shape: FloodShape, sums: Map<string, Sum>): Generator<Input> {
  const random = randomOf(shape.seed, 'flood')
  const due = new Map<number, Input[]>()
  const versions = new Map<string, number>()
  const held = new Map<string, number>()
  const later = (at: number, input: Input): void => {
    const there = due.get(at)
    if (there) there.push(input)
    else due.set(at, [input])
  }
  for (let number = 0; due.size > 0 || number < shape.messages; number++) {
    if (number < shape.messages) {
      const input = inputOf(number, shape, random, versions)
      sums.set(input.key, plus(sums.get(input.key) ?? NOTHING, input))
      const lateness = random.chance(shape.late) ? 1 + random.below(LATEST) : 0
      const at = Math.max(number + lateness, (input.version && held.get(input.key)) ?? 0)
      held.set(input.key, at)
      later(at, input)
      if (random.chance(shape.duplicates)) later(at + 1 + random.below(LATEST_DUPLICATE), input)
    }
    yield* due.get(number) ?? []
    due.delete(number)
  }
}

/** Keys with an even number have streams. */
function inputOf(number: number, shape: FloodShape, random: Random, versions: Map<string, number>): Input {
  const of = random.below(Math.max(2, Math.ceil(shape.messages / PER_KEY)))
  const key = `k-${of}`
  const amount = 1 + random.below(9)
  if (of % 2 === 1) return { number, key, version: undefined, amount }
  const version = (versions.get(key) ?? 0) + 1
  versions.set(key, version)
  return { number, key, version, amount }
}
