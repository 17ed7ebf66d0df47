import process from 'node:process'
import type { Command } from 'commander'
import type { RunEngines } from '../engines/index.ts'
import { type Coverage, coverageOf, type ScenarioResult, summarise } from '../flow/index.ts'
import { coverageText } from './coverage-text.ts'
import { leftText, placeText, RUN_BROKERS, RUN_STORES, runEngines } from './engines.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { interruptible } from './interrupt.ts'
import { loadRunnable } from './load-runnable.ts'
import { type AdversityOptions, adversityOf, adversityText, repeating } from './run-adversity.ts'
import { resultJson } from './run-json.ts'
import { addLoadOptions, loadFlowFile, noLoad, type RunLoadOptions } from './run-load.ts'
import { type RunSettings, runShown } from './run-shown.ts'
import { readModelText, scenarioText, summaryText, timelineText } from './run-text.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'

interface Options extends RunLoadOptions, Pick<AdversityOptions, 'adversity'> {
  readonly scenario?: readonly string[]
}

/** `eventwright run FLOW`. */
export function addRun(program: Command, finish: Finish): void {
  const command = program
    .command('run')
    .description("run a flow's scenarios for real, on an event store and a broker")
    .argument('<flow>', 'the flow file')
    .option('--store <url>', `where the events are: ${RUN_STORES} (default: a temporary SQLite file)`)
    .option(
      '--broker <url>',
      `where the messages are: ${RUN_BROKERS} (default: on PostgreSQL the store, else a temporary SQLite file)`,
    )
    .option('--scenario <name...>', 'only these scenarios')
    .option(
      '--adversity [kind]',
      'run each again, in memory unless an engine is named, with messages that come twice or late, crashes, and other orders; or with one of: twice, late, crash, interleave:SEED',
    )
  addLoadOptions(command)
    .option(
      '--seed <seed>',
      'with --load: repeats the orders of a run (default: a new one); with --adversity: the first of three orders (default: 1)',
    )
    .option('--json', 'print the results as JSON')
    .option('--verbose', 'log what the runtime does to standard error')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => {
      finish(await run(file, options))
    })
}

const EXAMPLES = `
On PostgreSQL each run makes a schema of its own and removes it at the end, unless the URL names one, ?schema=trial; on
Kafka topics of its own, unless it names what they begin with, ?prefix=trial. What is named is kept, as a file is. A run
that is killed leaves a schema eventwright_run_… and topics eventwright.run_…: drop them.

--adversity runs each scenario dozens of times: seconds in memory, minutes on PostgreSQL and Kafka. --scenario and a
kind, --adversity twice, make it shorter.

Examples:
  $ eventwright run shop.flow.yaml
  $ eventwright run shop.flow.yaml --scenario "an order is fulfilled"
  $ eventwright run shop.flow.yaml --store sqlite:shop.db --broker sqlite:shop.db
  $ eventwright run shop.flow.yaml --store postgres://me:secret@localhost/shop --broker kafka://localhost:9092
  $ eventwright run shop.flow.yaml --adversity
  $ eventwright run shop.flow.yaml --adversity crash --scenario "an order is fulfilled"
  $ eventwright run shop.flow.yaml --load 200/s --for 30s`

async function run(file: string, options: Options): Promise<ExitCode> {
  if (options.load !== undefined) {
    if (options.adversity !== undefined)
      throw new UsageError('--adversity does not go with --load: run one after the other')
    return loadFlowFile(file, options)
  }
  noLoad(options)
  // To the end: a second Ctrl-C while the engines are cleared tells what is left.
  using interrupt = interruptible()
  await using engines = await runEngines(options)
  const settings = settingsOf(options, engines)
  const loaded = await loadRunnable(file)
  if (!loaded.flow) return loaded.code
  const { flow } = loaded
  checkNames(options.scenario ?? [], new Set(flow.scenarios.map(({ name }) => name)), file)
  const repeat = repeating(file, options)
  const say = options.json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  say(`${paint('bold', flow.name)} on ${placeText(options)}\n`)
  const shown = {
    signal: interrupt.signal,
    verbose: options.verbose ?? false,
    left: leftText(options),
  }
  const results = await runShown(flow, settings, shown, (result) => say(scenarioText(result, repeat)))
  // What scenarios leave out is said of all of them.
  const coverage = options.scenario || flow.scenarios.length === 0 ? undefined : coverageOf(flow)
  const context = { flow: flow.name, repeat, ...(coverage ? { coverage } : {}) }
  if (options.json) process.stdout.write(`${JSON.stringify(resultJson(results, context), undefined, 2)}\n`)
  else say(closing(results, coverage, settings.adversity !== undefined))
  return codeOf(results)
}

function settingsOf(options: Options, { store, broker }: RunEngines): RunSettings {
  const adversity = adversityOf(options)
  return {
    ...(store ? { store } : {}),
    ...(broker ? { broker } : {}),
    ...(options.scenario ? { scenarios: options.scenario } : {}),
    ...(adversity ? { adversity } : {}),
  }
}

function codeOf(results: readonly ScenarioResult[]): ExitCode {
  const runs = results.flatMap((result) => [
    result,
    ...(result.adversity?.failures ?? []).map(({ ended }) => ended),
  ])
  if (runs.some(({ happened }) => happened.faults.some(({ broken }) => broken))) return EXIT.broken
  return summarise(results).failed > 0 ? EXIT.findings : EXIT.good
}

// One scenario's read model and timeline say how the services play together; all of them would hide it.
function closing(
  results: readonly ScenarioResult[],
  coverage: Coverage | undefined,
  disturbed: boolean,
): string {
  const told = results.find(({ verdict }) => verdict === 'passed') ?? results[0]
  const parts = told
    ? [readModelText(told), timelineText(told)]
    : ['The flow has no scenarios: nothing was run.']
  const touched = coverage ? coverageText(coverage).trimEnd() : ''
  const all = [...parts, touched, disturbed ? adversityText(results) : '', summaryText(results)]
  return `\n${all.filter((part) => part !== '').join('\n\n')}`
}

function checkNames(wanted: readonly string[], known: ReadonlySet<string>, file: string): void {
  const unknown = wanted.find((name) => !known.has(name))
  if (unknown === undefined) return
  const list = [...known].map((name) => `  ${name}`).join('\n')
  throw new UsageError(`${file} has no scenario "${unknown}". It has:\n${list}`)
}
