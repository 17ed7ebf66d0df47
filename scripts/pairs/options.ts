import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
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

Exit codes: 0 the same events everywhere, 1 one differs, 3 wrong usage.`

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
  const { help, flow = FLOW, adversity = false, pair, scenario } = parsed(args)
  if (help) {
    console.log(HELP)
    process.exit(0)
  }
  const names = PAIRS.map(({ name }) => name)
  const unknown = pair?.find((name) => !names.includes(name))
  if (unknown !== undefined) return usage(`There is no pair '${unknown}' here, only ${names.join(', ')}.`)
  return { flow, adversity, pairs: pair, scenarios: scenario }
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        flow: { type: 'string' },
        adversity: { type: 'boolean' },
        pair: { type: 'string', multiple: true },
        scenario: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

function usage(message: string): never {
  console.error(`${message}\n\n${HELP}`)
  process.exit(3)
}
