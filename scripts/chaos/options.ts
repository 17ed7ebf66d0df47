import { commandOptions, countOf, wrongUsage } from '../command-options.ts'
import { LAYOUTS, type LayoutName } from './layout.ts'

const HELP = `Runs the worked order flow in several processes and kills them with -9 until the orders have ended; then
looks at what is stored: nothing is lost, nothing is doubled, stock and payments balance.

  npm run chaos
  npm run chaos -- --kills 200 --seed 7
  npm run chaos -- --layout twins --seed 7 --keep
  npm run chaos -- --engine kafka --kills 200 --orders 5000

  --engine NAME sqlite (default): two processes on SQLite files
                postgres: five services, two processes each, on PostgreSQL for events and messages; the server is
                stopped and started every 5 to 10 s, and each service is restarted in order
                kafka: the same, with the messages on Kafka, whose broker is killed and started as well
  --kills N     how often a process is killed; default 200
  --orders N    how many orders are sent; default 2000, for postgres and kafka 5000
  --seed TEXT   the same seed gives the same orders and the same order of kills; default 1
  --layout NAME for sqlite
                split (default): each process has some of the services and a store of its own
                twins: both run everything on one store, and compete
                services: the ten processes of the other engines
  --keep        leaves the files, and says where; for postgres and kafka the servers as well, until Ctrl-C

Exit codes: 0 all checks hold, 1 one does not or nothing moves any more, 3 wrong usage, 4 an engine is not there.`

export const ENGINES = ['sqlite', 'postgres', 'kafka'] as const
export type EngineName = (typeof ENGINES)[number]
const SERVICES = 'services'
/** The layouts that an engine has, its default first. */
const LAYOUTS_OF = { sqlite: [...LAYOUTS, SERVICES], postgres: [SERVICES], kafka: [SERVICES] } as const
const ORDERS = { sqlite: 2000, postgres: 5000, kafka: 5000 } as const

/** What a run is asked for. */
export interface ChaosOptions {
  readonly engine: EngineName
  readonly kills: number
  readonly orders: number
  readonly seed: string
  readonly layout: LayoutName | typeof SERVICES
  readonly keep: boolean
}

/** The command line's wishes. Ends the process where it only asks for help, or is wrong. */
export function optionsOf(args: readonly string[]): ChaosOptions {
  const values = commandOptions(args, HELP, {
    engine: { type: 'string' },
    kills: { type: 'string' },
    orders: { type: 'string' },
    seed: { type: 'string' },
    layout: { type: 'string' },
    keep: { type: 'boolean' },
  })
  const engine = oneOf('engine', ENGINES, values.engine ?? 'sqlite')
  const layouts = LAYOUTS_OF[engine]
  return {
    engine,
    kills: countOf(['kills', values.kills], 200, HELP, 0),
    orders: countOf(['orders', values.orders], ORDERS[engine], HELP),
    seed: values.seed ?? '1',
    layout: oneOf<ChaosOptions['layout']>('layout', layouts, values.layout ?? layouts[0]),
    keep: values.keep ?? false,
  }
}

/** The command that does the same again. */
export function commandOf({ engine, kills, orders, seed, layout }: ChaosOptions): string {
  const where = engine === 'sqlite' ? `--layout ${layout}` : `--engine ${engine}`
  return `npm run chaos -- ${where} --kills ${kills} --orders ${orders} --seed ${seed}`
}

function oneOf<Name extends string>(option: string, names: readonly Name[], given: string): Name {
  const name = names.find((one) => one === given)
  return name ?? wrongUsage(`There is no ${option} '${given}' here, only ${names.join(', ')}.`, HELP)
}
