import process from 'node:process'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Finding, FORMATS, type Format } from '../findings/index.ts'
import type { EnvelopeRule, LoadedSchemas, SchemaSources, SchemaUnusable } from '../validation/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'
import { createFindingPrinter, type FindingPrinter } from './validate-printer.ts'
import { validateProgress } from './validate-progress.ts'
import { summaryText } from './validate-summary.ts'

type Options = {
  readonly schemas?: readonly string[]
  readonly catalog?: readonly string[]
  readonly flow?: readonly string[]
  readonly asyncapi?: readonly string[]
  readonly envelope: EnvelopeRule
  readonly envelopeSchema?: string
  readonly format: Format
  readonly fast?: true
  readonly max: number
  readonly uniqueIds?: true
  readonly quiet?: true
}

/** `eventwright validate [FILE|GLOB|FOLDER|-]…`. */
export function addValidate(program: Command, finish: Finish): void {
  program
    .command('validate')
    .description('check events in files: the envelope, and the payload by the schema of its type')
    .argument('[events...]', 'files, folders, globs in quotes, or - for standard input')
    .option(
      '--schemas <folder>',
      'JSON Schemas by type: OrderPlaced.json, older OrderPlaced.v1.json',
      collect,
    )
    .option('--catalog <file>', 'a catalog file: event types with their schemas', collect)
    .option('--flow <file>', 'a flow file, for the schemas of its events', collect)
    .option('--asyncapi <file>', 'an AsyncAPI file (2 or 3), for the payloads of its messages', collect)
    .addOption(
      new Option('--envelope <profile>', 'what the envelope is held to')
        .choices(['published', 'stored', 'none'])
        .default('published'),
    )
    .option('--envelope-schema <file>', 'a schema for envelopes in place of ours, with the same anchors')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('text'))
    .option('--fast', 'stop at the first finding')
    .option(
      '--max <count>',
      'print no more findings than this, and go on counting; 0 prints all',
      wholeNumber,
      100,
    )
    .option('--unique-ids', 'report a second event with the same source and id')
    .option('--quiet', 'print findings only: no summary, no progress')
    .addHelpText('after', EXAMPLES)
    .action(async (events: readonly string[], options: Options) => {
      finish(await validate(events, options))
    })
}

const EXAMPLES = `
Events are CloudEvents 1.0 in JSON: one object, a list, one a line (NDJSON), or YAML with any number of documents; packed
with gzip or not. What it is, is told by the content. Schemas of several sources add up; without any, only envelopes
are checked. A file without an event, and a glob or folder without a file, are errors.

Examples:
  $ eventwright validate events.ndjson --flow shop.flow.yaml
  $ eventwright validate 'exports/**/*.ndjson.gz' --schemas ./schemas --format github
  $ tail -n 1000 events.ndjson | eventwright validate - --schemas ./schemas --fast`

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0.')
}

async function validate(events: readonly string[], options: Options): Promise<ExitCode> {
  if (events.length === 0) {
    throw new UsageError(
      'No events are named. Name a file, a folder or a glob, or - for standard input: eventwright validate events.ndjson',
    )
  }
  const { findInputs, loadSchemas } = await import('../validation/index.ts')
  const inputs = findInputs(events)
  const loaded = await loadSchemas(sourcesOf(options))
  const printer = createFindingPrinter(options.format, inputs, options.fast ? 1 : options.max)
  if (loaded.findings.length > 0) {
    printer.printAll(loaded.findings, loaded.sources)
    return EXIT.broken
  }
  if (loaded.schemas === undefined && !options.quiet) say('No schemas are named: only envelopes are checked.')
  return run(inputs, options, { loaded, printer })
}

function sourcesOf({ catalog, schemas, flow, asyncapi, envelopeSchema }: Options): SchemaSources {
  return {
    ...(schemas && { folders: schemas }),
    ...(catalog && { catalogs: catalog }),
    ...(flow && { flows: flow }),
    ...(asyncapi && { asyncApis: asyncapi }),
    ...(envelopeSchema !== undefined && { envelope: envelopeSchema }),
  }
}

async function run(
  inputs: readonly string[],
  { envelope, envelopeSchema, fast, format, quiet, uniqueIds }: Options,
  { loaded, printer }: { readonly loaded: LoadedSchemas; readonly printer: FindingPrinter },
): Promise<ExitCode> {
  const { SchemaUnusable, validateEvents } = await import('../validation/index.ts')
  const { printable } = await import('../findings/index.ts')
  if (inputs.includes('-') && process.stdin.isTTY && !quiet)
    say('Reading events from the terminal: Ctrl-D ends them, Ctrl-C gives up.')
  const progress = validateProgress(quiet === true)
  try {
    const summary = await validateEvents(inputs, {
      envelope,
      uniqueIds: uniqueIds === true,
      onProgress: progress.show,
      onFinding: (finding) => {
        progress.clear()
        printer.print(finding)
        return fast !== true
      },
      ...(loaded.schemas && { schemas: loaded.schemas }),
      ...(loaded.envelope && { envelopeSchema: loaded.envelope }),
    })
    progress.clear()
    printer.end()
    if (!quiet) {
      const around = { found: printer.found(), unprinted: printer.unprinted(), printable }
      const output = format === 'text' ? process.stdout : process.stderr
      output.write(summaryText(summary, inputs.length, around))
    }
    return printer.found() > 0 ? EXIT.findings : EXIT.good
  } catch (error) {
    progress.clear()
    if (!(error instanceof SchemaUnusable)) throw error
    printer.print(brokenSchema(error, envelopeSchema))
    printer.end()
    return EXIT.broken
  }
}

/** A schema that shows itself as broken only when it is used. */
function brokenSchema(
  { message, mend, place }: SchemaUnusable,
  envelope = 'the schema of the envelope',
): Finding {
  const why = 'Events can be checked only against schemas that can be read and used.'
  const where = place ?? { file: envelope, line: 1, column: 1, length: 1 }
  return { code: 'catalog-broken', level: 'broken', place: where, message, why, mend }
}

function say(message: string): void {
  process.stderr.write(`eventwright: ${message}\n`)
}
