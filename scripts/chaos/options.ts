import process from 'node:process'
import { parseArgs } from 'node:util'
import { LAYOUTS, type LayoutName } from './layout.ts'

const HELP = `Runs the worked order flow in two processes and kills them with -9 until the orders have ended; then
looks at what is in the files: nothing is lost, nothing is doubled, stock and payments balance.

  npm run chaos
  npm run chaos -- --kills 200 --seed 7
  npm run chaos -- --layout twins --seed 7 --keep

  --kills N     how often a process is killed; default 200
  --orders N    how many orders are sent; default 2000
  --seed TEXT   the same seed gives the same orders and the same order of kills; default 1
  --layout NAME split (default): each process has some of the services and a store of its own
                twins: both run everything on one store, and compete
  --keep        leaves the files, and says where

Exit codes: 0 all checks hold, 1 one does not or nothing moves any more, 3 wrong usage.`

/** What a run is asked for. */
export interface ChaosOptions {
  readonly kills: number
  readonly orders: number
  readonly seed: string
  readonly layout: LayoutName
  readonly keep: boolean
}

/** The command line's wishes. Ends the process where it only asks for help, or is wrong. */
export function optionsOf(args: readonly string[]): ChaosOptions {
  const values = parsed(args)
  if (values.help) {
    console.log(HELP)
    process.exit(0)
  }
  const layout = LAYOUTS.find((name) => name === (values.layout ?? 'split'))
  if (layout === undefined)
    return usage(`There is no layout '${values.layout}', only ${LAYOUTS.join(' and ')}.`)
  return {
    kills: countOf('kills', values.kills, 200),
    orders: countOf('orders', values.orders, 2000),
    seed: values.seed ?? '1',
    layout,
    keep: values.keep ?? false,
  }
}

/** The command that does the same again. */
export function commandOf({ kills, orders, seed, layout }: ChaosOptions): string {
  return `npm run chaos -- --layout ${layout} --kills ${kills} --orders ${orders} --seed ${seed}`
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string' },
        orders: { type: 'string' },
        seed: { type: 'string' },
        layout: { type: 'string' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

function countOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  if (/^\d{1,7}$/.test(text) && (name === 'kills' || Number(text) > 0)) return Number(text)
  return usage(`--${name} takes a whole number, not '${text}'.`)
}

function usage(message: string): never {
  console.error(`${message}\n\n${HELP}`)
  process.exit(3)
}
