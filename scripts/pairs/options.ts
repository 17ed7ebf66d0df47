import { join } from 'node:path'
import type { Flow } from 'eventwright'
import { commandOptions, wrongUsage } from '../command-options.ts'
import { root } from '../setup.mjs'
import { PAIRS } from './pairs.ts'

const HELP = `Runs every scenario of a flow (default: the worked one) on memory, on SQLite, on PostgreSQL, and on PostgreSQL with
Kafka, and compares the events that are stored: types, streams, versions and data. With --adversity again under every
perturbation.

  npm run pairs
  npm run pairs -- --adversity --pair postgres --pair postgres+kafka

  --adversity      under every perturbation
  --pair NAME      only this one, beside memory; may be given more than once
  --scenario NAME  only this one; may be given more than once
  --flow FILE      default the worked flow

Exit codes: 0 the same events everywhere, 1 one differs, 2 the flow is broken, 3 wrong usage.`

const FLOW = join(root, 'skills/building-event-driven-architecture/examples/worked-order-processing.yaml')

/** What a run is asked for. */
export interface PairsOptions {
  readonly flow: string
  readonly adversity: boolean
  /** By name; undefined: all. */
  readonly pairs: readonly string[] | undefined
  readonly scenarios: readonly string[] | undefined
}

/** The command line's wishes. Ends the process where it only asks for help, or is wrong. */
export function optionsOf(args: readonly string[]): PairsOptions {
  const {
    flow = FLOW,
    adversity = false,
    pair,
    scenario,
  } = commandOptions(args, HELP, {
    flow: { type: 'string' },
    adversity: { type: 'boolean' },
    pair: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
  })
  const names = PAIRS.map(({ name }) => name)
  const unknown = pair?.find((name) => !names.includes(name))
  if (unknown !== undefined)
    return wrongUsage(`There is no pair '${unknown}' here, only ${names.join(', ')}.`, HELP)
  return { flow, adversity, pairs: pair, scenarios: scenario }
}

/** The scenarios that are asked for; undefined: all. Ends the process where the flow has one of them not. */
export function scenariosOf({ scenarios }: PairsOptions, flow: Flow): readonly string[] | undefined {
  const names = flow.scenarios.map(({ name }) => name)
  const unknown = scenarios?.find((name) => !names.includes(name))
  if (unknown === undefined) return scenarios
  return wrongUsage(`The flow has no scenario '${unknown}', only ${names.join('; ')}.`, HELP)
}
