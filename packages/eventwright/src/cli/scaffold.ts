import { relative } from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import { formatFindings } from '../findings/index.ts'
import type { ScaffoldPlan } from '../scaffold/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { updateScaffold } from './scaffold-update.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

interface Options {
  readonly from?: string
  readonly service?: string
  readonly into?: string
  readonly core?: string
  readonly streams?: boolean
  readonly update?: boolean
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `eventwright scaffold NAME`. */
export function addScaffold(program: Command, finish: Finish): void {
  program
    .command('scaffold')
    .description('make a service, from nothing or from a flow file; or bring one in step with its flow')
    .argument('[name]', "the service's name; with --update its folder (default: the current one)")
    .option('--from <flow>', 'the flow file (default: a small one is written into the service)')
    .option('--service <name>', "one of the flow's services (default: all, one folder each)")
    .option('--into <folder>', 'the folder that it is made in (default: the current one)')
    .option('--core <version>', '@eventwright/core by version, or the path of a folder or tarball')
    .option('--streams', 'with a Java application for Kafka Streams')
    .option('--update', 'bring a service in step with its flow; what you wrote stays as it is')
    .option('--yes', 'with --update: replace generated files even where they were changed by hand')
    .option('--dry-run', 'say what would be written, and write nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: Options) => {
      finish(await scaffoldOrUpdate(name, options))
    })
}

const EXAMPLES = `
Examples:
  $ eventwright scaffold orders
  $ eventwright scaffold orders --from shop.flow.yaml --service orders
  $ eventwright scaffold shop --from shop.flow.yaml --into services
  $ eventwright scaffold --update services/shop/orders`

async function scaffoldOrUpdate(name: string | undefined, options: Options): Promise<ExitCode> {
  const { FlowHasErrors, CannotScaffold } = await import('../scaffold/index.ts')
  try {
    if (options.update) return await updateScaffold(name ?? '.', options)
    if (name === undefined) throw new UsageError('scaffold needs a name: eventwright scaffold NAME')
    return await scaffold(name, options)
  } catch (error) {
    if (error instanceof CannotScaffold) throw new UsageError(error.message, { cause: error })
    if (!(error instanceof FlowHasErrors)) throw error
    process.stderr.write(formatFindings('text', error.findings, error.sources))
    process.stderr.write(`eventwright: ${error.message}\n`)
    return error.findings.some(({ level }) => level === 'broken') ? EXIT.broken : EXIT.findings
  }
}

async function scaffold(name: string, options: Options): Promise<ExitCode> {
  const begun = performance.now()
  if (options.service !== undefined && options.from === undefined) {
    throw new UsageError('--service says which service of a flow: name the flow too, --from FLOW.')
  }
  if (options.yes) throw new UsageError('--yes belongs to --update.')
  const { planScaffold, writeScaffold } = await import('../scaffold/index.ts')
  const plan = await planScaffold({ ...options, name, into: options.into ?? '.', version: version() })
  if (!options.dryRun) await writeScaffold(plan)
  const milliseconds = Math.round(performance.now() - begun)
  process.stdout.write(options.json ? json(plan, milliseconds, options) : text(plan, milliseconds, options))
  return EXIT.good
}

function json({ folder, services }: ScaffoldPlan, milliseconds: number, { dryRun = false }: Options): string {
  const told = services.map((service) => ({
    service: service.service,
    name: service.name,
    folder: service.folder,
    files: service.files.map(({ path, owner }) => ({ path, owner })),
  }))
  return `${JSON.stringify({ folder, dryRun, milliseconds, services: told }, undefined, 2)}\n`
}

function text({ services }: ScaffoldPlan, milliseconds: number, { dryRun = false }: Options): string {
  const seconds = `${(milliseconds / 1000).toFixed(2)} s`
  const lines = services.flatMap((service) => {
    const { folder, files } = service
    const place = shown(folder)
    if (!dryRun) return [`${paint('bold', service.service)} in ${place}, ${files.length} files`]
    return files.map(({ path, owner }) => `${owner.padEnd(9)} ${place}/${path}`)
  })
  const [first] = services
  const next = first
    ? `\nNext:\n  cd ${quoted(shown(first.folder))}\n  npm install\n  npm test\n  npm start\n`
    : ''
  if (dryRun) return `${lines.join('\n')}\n\nNothing was written (--dry-run). ${seconds}\n`
  return `${lines.join('\n')}\n${next}\nScaffolded in ${seconds}.\n`
}

function shown(folder: string): string {
  const near = relative(process.cwd(), folder)
  return near === '' ? '.' : near
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
