import { join } from 'node:path'
import { build } from '../build.mjs'
import { jsonOf } from '../child.mjs'

const FLOW = join(
  import.meta.dirname,
  '../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
)
const SEED = '7'

/** Of the result of `run --load --json`. @typedef {{ perSecond: { ended: number }, completed: number, compensated: number, memory: number, balance: { good: boolean }, stages: { name: string, p99: number }[] }} Load */

/** @type {string | undefined} */
let main

/**
 * The worked order flow as it is published, under load on these engines, to a good balance.
 * @param {{ store: string, broker: string }} engines URLs @param {readonly string[]} args
 * @param {{ before?: readonly string[], env?: Record<string, string> }} [how] `before`: Node's options
 * @returns {Promise<Load>}
 */
export async function runLoad({ store, broker }, args, { before = [], env } = {}) {
  main ??= build()
  const command = ['--no-warnings', ...before, main, 'run', FLOW, '--store', store, '--broker', broker]
  const result = await jsonOf([...command, '--seed', SEED, '--json', ...args], { env, options: '' })
  if (!result.balance.good) throw new Error(`The balance is not good: ${JSON.stringify(result.balance)}`)
  return result
}

/** @param {Load} result @param {string} name */
export function stage(result, name) {
  return result.stages.find((one) => one.name === name) ?? { p99: Number.NaN }
}

/** A row for what should be at least the aim. */
export const above = (what, seen, aim) => [
  what,
  seen < 10 ? seen.toFixed(2) : seen.toFixed(0),
  `>= ${aim}`,
  seen >= aim ? 'met' : 'missed',
]

/** A row for what should stay below the aim. */
export const under = (what, seen, aim) => [what, seen.toFixed(0), `< ${aim}`, seen < aim ? 'met' : 'missed']
