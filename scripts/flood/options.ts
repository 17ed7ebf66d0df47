import { commandOptions, countOf } from '../command-options.ts'

const HELP = `Publishes many messages, some twice and some late, lets a consumer handle them with an inbox and an effect
in documents, and compares what was counted with what happened.

  npm run flood
  npm run flood -- --messages 1000000 --store postgres://me:secret@localhost:5432/shop
  npm run flood -- --messages 1000000 --store postgres://me@localhost/shop --broker kafka://localhost:9092

  --messages N      things that happen; default 100000. A fifth of the messages comes twice, a tenth late
  --store URL       sqlite:FILE or postgres://…; default a PostgreSQL server of its own, ended afterwards
  --broker URL      as --store, or kafka://HOST:PORT; default the store's
  --partitions N    default 6
  --seed TEXT       the same seed gives the same messages in the same order; default 1

Exit codes: 0 effects equal inputs, 1 they do not, 3 wrong usage, 4 an engine is not there.`

/** What a run is asked for. */
export interface FloodArguments {
  readonly messages: number
  readonly store: string | undefined
  readonly broker: string | undefined
  readonly partitions: number
  readonly seed: string
}

/** The command line's wishes. Ends the process where it only asks for help, or is wrong. */
export function argumentsOf(args: readonly string[]): FloodArguments {
  const values = commandOptions(args, HELP, {
    messages: { type: 'string' },
    store: { type: 'string' },
    broker: { type: 'string' },
    partitions: { type: 'string' },
    seed: { type: 'string' },
  })
  return {
    messages: countOf(['messages', values.messages], 100_000, HELP),
    partitions: countOf(['partitions', values.partitions], 6, HELP),
    store: values.store,
    broker: values.broker,
    seed: values.seed ?? '1',
  }
}
