import process from 'node:process'
import { parseArgs } from 'node:util'
import { SERVICES, type ServiceName } from './services.ts'

const HELP = `Starts the five services of the shop as programs of their own, places some orders, tells what became of them,
and stops the services. With --service it runs one of them, until Ctrl-C or SIGTERM, which drain it.

  npm run order-services
  npm run order-services -- --store postgres://localhost/shop --broker postgres://localhost/shop
  npm run order-services -- --store postgres://localhost/shop --broker kafka://localhost:9092
  npm run order-services -- --store sqlite:data --stay
  npm run order-services -- --store sqlite:data --service orders --port 3001

  --store URL     where the services keep their events: postgres://… (a schema for each), or sqlite:FOLDER (a file
                  for each); default a temporary folder
  --broker URL    how they talk: kafka://HOST:PORT, postgres://…, sqlite:FILE; default a file in the store's folder,
                  or the store's database
  --stay          leave them running until Ctrl-C, to be asked with curl
  --service NAME  run one alone, beside others on the same --store and --broker:
                  ${SERVICES.join(', ')}
  --port PORT     where that one listens; default the variable PORT, or any that is free

Exit codes: 0 done or drained, 1 an order did not end as it should, 3 wrong usage or a wrong setting, 4 a service
cannot start or be reached, 130 and 143 interrupted.`

/** What a run is asked for. */
export interface Options {
  readonly store: string | undefined
  readonly broker: string | undefined
  readonly stay: boolean
  /** The one to run; all where it is not there. */
  readonly service: ServiceName | undefined
  readonly port: string | undefined
}

/** The command line's wishes. Ends the process where it only asks for help, or is wrong. */
export function optionsOf(args: readonly string[]): Options {
  const { help, stay = false, store, broker, service, port } = parsed(args)
  if (help) {
    process.stdout.write(`${HELP}\n`)
    process.exit(0)
  }
  const fault = faultOfEngines(store, broker) ?? faultOfPort(port, service)
  if (fault !== undefined) return usage(fault)
  if (service === undefined) return { store, broker, stay, service, port }
  if (store === undefined) return usage('--service takes the --store that the other services are on.')
  const named = SERVICES.find((each) => each === service)
  if (named === undefined) return usage(`--service takes ${SERVICES.join(', ')}, not '${service}'.`)
  return { store, broker, stay, service: named, port }
}

function faultOfEngines(store: string | undefined, broker: string | undefined): string | undefined {
  if (store !== undefined && !/^(sqlite:.|postgres(ql)?:\/\/.)/.test(store))
    return `--store takes sqlite:FOLDER or postgres://…, not '${schemeOf(store)}'.`
  if (store?.startsWith('postgres') && !URL.canParse(store))
    return '--store cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE.'
  if (store !== undefined && /^postgres[^#]*[?&]schema=/.test(store))
    return '--store takes a database, not a schema of it: each service has one of its own.'
  if (broker !== undefined && !/^(sqlite:.|postgres(ql)?:\/\/.|kafka:\/\/.)/.test(broker))
    return `--broker takes sqlite:FILE, postgres://… or kafka://HOST:PORT, not '${schemeOf(broker)}'.`
  return undefined
}

function faultOfPort(port: string | undefined, service: string | undefined): string | undefined {
  if (port !== undefined && service === undefined) return '--port is of one service: name it with --service.'
  if (port !== undefined && !/^\d+$/.test(port)) return `--port takes a number, not '${port}'.`
  return undefined
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        store: { type: 'string' },
        broker: { type: 'string' },
        stay: { type: 'boolean' },
        service: { type: 'string' },
        port: { type: 'string' },
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
