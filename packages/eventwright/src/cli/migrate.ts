import process from 'node:process'
import type { TablesName, Upgrade } from '@eventwright/core'
import { type StoreAndBrokerEngine, shownUrl, storeEngine } from '@eventwright/core/engines'
import type { Command } from 'commander'
import { asUsage } from './engines.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { STORES } from './open-store.ts'
import { UsageError } from './usage-error.ts'

interface Options {
  readonly store: string
  readonly broker?: string
  readonly sql?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `eventwright migrate`. */
export function addMigrate(program: Command, finish: Finish): void {
  program
    .command('migrate')
    .description('bring the tables of a store and its broker up to date, or print the SQL of it')
    .requiredOption('--store <url>', `the store: ${STORES}`)
    .option('--broker <url>', 'the broker, where it is in another place; kafka:// has no tables')
    .option('--sql', 'print the SQL that is missing, for those who apply it by hand; nothing is changed')
    .option('--dry-run', 'say what is missing; nothing is changed')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await run(options)))
}

const EXAMPLES = `
A service brings its tables up to date by itself when it starts. Use this where its role may not change tables, or
where somebody looks at the SQL first. Tables that the printed SQL was applied to count as upgraded. A release runs on
its own tables, on those of the release before, and on those of the one after, so either can come first.

Without --broker the broker is taken to be in the place of the store, unless only the store is in use there.

Exit code 1: --sql or --dry-run found something missing.

Examples:
  $ eventwright migrate --store sqlite:shop.db --dry-run
  $ eventwright migrate --store "postgres://owner@db/shop?schema=orders" --sql
  $ eventwright migrate --store "postgres://owner@db/shop?schema=orders" --broker "postgres://owner@db/shop?schema=broker"
  $ eventwright migrate --store "postgres://owner@db/shop?schema=orders" --broker kafka://one:9092`

interface Place {
  readonly url: string
  readonly tables: readonly TablesName[]
}

type Migrate = NonNullable<StoreAndBrokerEngine['migrate']>

interface Outcome extends Upgrade {
  readonly url: string
}

async function run({ store, broker, sql = false, dryRun = false, json = false }: Options): Promise<ExitCode> {
  const changes = !sql && !dryRun
  const outcomes: Outcome[] = []
  for (const place of placesOf(store, broker)) {
    const { url } = place
    const migrate = await migrating(url)
    const tables = broker === undefined ? await tablesHere(place, migrate) : place.tables
    outcomes.push({ url: shownUrl(url), ...(await migrate({ tables, dryRun: !changes })) })
  }
  if (json) process.stdout.write(`${JSON.stringify(outcomes)}\n`)
  else process.stdout.write(sql ? sqlText(outcomes) : outcomes.map((one) => textOf(one, changes)).join(''))
  return !changes && outcomes.some((one) => one.sql !== '') ? EXIT.findings : EXIT.good
}

/** As for `run`: the broker is where the store is, unless another place is named. */
function placesOf(store: string, broker: string | undefined): readonly Place[] {
  if (broker === undefined || broker === store) return [{ url: store, tables: ['store', 'broker'] }]
  const ofStore: Place = { url: store, tables: ['store'] }
  return /^(kafka|memory):/.test(broker) ? [ofStore] : [ofStore, { url: broker, tables: ['broker'] }]
}

/** A store in use with no broker beside it has its broker elsewhere: tables that nobody would use are not made. */
async function tablesHere({ tables }: Place, migrate: Migrate): Promise<readonly TablesName[]> {
  const { tables: found } = await migrate({ tables, dryRun: true })
  const isHere = (name: TablesName) => found.some((one) => one.name === name && one.from > 0)
  if (!isHere('store') || isHere('broker')) return tables
  process.stderr.write(
    'The broker is not in the place of the store: name its place as well, with --broker.\n',
  )
  return ['store']
}

async function migrating(url: string): Promise<Migrate> {
  const { migrate } = await storeEngine(url).catch(asUsage)
  if (migrate !== undefined) return migrate
  throw new UsageError(`${url} has no tables; name a place that keeps them, ${STORES}`)
}

function textOf({ url, tables }: Outcome, changed: boolean): string {
  const said = tables.map(({ name, from, to }) => {
    if (from === to) return `${name} at version ${to}, nothing to do`
    return changed
      ? `${name} brought from version ${from} to ${to}`
      : `${name} at version ${from}, ${to} is missing`
  })
  return `${url}: ${said.join('; ')}\n`
}

function sqlText(outcomes: readonly Outcome[]): string {
  return outcomes
    .map(({ url, sql }) => (sql === '' ? `-- ${url}: nothing is missing\n` : `-- ${url}\n${sql}`))
    .join('\n')
}
