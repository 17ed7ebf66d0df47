import process from 'node:process'
import { parseArgs } from 'node:util'

const HELP = `Starts the five services of the shop as programs of their own, places some orders, tells what became of them,
and stops the services.

  npm run order-services
  npm run order-services -- --store postgres://localhost/shop --broker postgres://localhost/shop
  npm run order-services -- --store postgres://localhost/shop --broker kafka://localhost:9092
  npm run order-services -- --store sqlite:data --stay

  --store URL   where the services keep their events: postgres://… (a schema for each), or sqlite:FOLDER (a file
                for each); default a temporary folder
  --broker URL  how they talk: kafka://HOST:PORT, postgres://…, sqlite:FILE; default a file in the store's folder, or
                the store's database
  --stay        leave them running until Ctrl-C, to be asked with curl

Exit codes: 0 done, 1 an order did not end as it should, 3 wrong usage, 4 a service cannot start or be reached.`

/** What a run is asked for. */
export interface Options {
  readonly store: string | undefined
  readonly broker: string | undefined
  readonly stay: boolean
}

/** The command line's wishes. Ends the process where it only asks for help, or is wrong. */
export function optionsOf(args: readonly string[]): Options {
  const { help, stay = false, store, broker } = parsed(args)
  if (help) {
    process.stdout.write(`${HELP}\n`)
    process.exit(0)
  }
  if (store !== undefined && !/^(sqlite:.|postgres(ql)?:\/\/.)/.test(store))
    return usage(`--store takes sqlite:FOLDER or postgres://…, not '${schemeOf(store)}'.`)
  if (store !== undefined && /^postgres[^#]*[?&]schema=/.test(store))
    return usage('--store takes a database, not a schema of it: each service has one of its own.')
  if (broker !== undefined && !/^(sqlite:.|postgres(ql)?:\/\/.|kafka:\/\/.)/.test(broker))
    return usage(`--broker takes sqlite:FILE, postgres://… or kafka://HOST:PORT, not '${schemeOf(broker)}'.`)
  return { store, broker, stay }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        store: { type: 'string' },
        broker: { type: 'string' },
        stay: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

/** A URL may hold a password. */
function schemeOf(url: string): string {
  return /^[a-z+]*:/i.exec(url)?.[0].concat('…') ?? url
}

function usage(message: string): never {
  process.stderr.write(`${message}\n\n${HELP}\n`)
  process.exit(3)
}
