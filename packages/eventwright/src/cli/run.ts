import process from 'node:process'
import type { Command } from 'commander'
import { runFlow, type ScenarioResult, summarise } from '../flow/index.ts'
import { engineOf } from './engines.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { interruptible } from './interrupt.ts'
import { loadRunnable } from './load-runnable.ts'
import { progress } from './progress.ts'
import { resultJson } from './run-json.ts'
import { addLoadOptions, loadFlowFile, noLoad, type RunLoadOptions } from './run-load.ts'
import { readModelText, scenarioText, summaryText, timelineText } from './run-text.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'

interface Options extends RunLoadOptions {
  readonly scenario?: readonly string[]
}

/** `eventwright run FLOW`. */
export function addRun(program: Command, finish: Finish): void {
  const command = program
    .command('run')
    .description("run a flow's scenarios for real, on an event store and a broker")
    .argument('<flow>', 'the flow file')
    .option('--store <url>', 'keep the events: memory: or sqlite:FILE (default: a temporary SQLite file)')
    .option('--broker <url>', 'keep the messages: memory: or sqlite:FILE (default: a temporary SQLite file)')
    .option('--scenario <name...>', 'only these scenarios')
  addLoadOptions(command)
    .option('--seed <seed>', 'with --load: repeats the orders of a run (default: a new one)')
    .option('--json', 'print the results as JSON')
    .option('--verbose', 'log what the runtime does to standard error')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: Options) => {
      finish(await run(file, options))
    })
}

const EXAMPLES = `
Examples:
  $ eventwright run shop.flow.yaml
  $ eventwright run shop.flow.yaml --scenario "an order is fulfilled"
  $ eventwright run shop.flow.yaml --store sqlite:shop.db --broker sqlite:shop.db
  $ eventwright run shop.flow.yaml --load 200/s --for 30s`

async function run(file: string, options: Options): Promise<ExitCode> {
  if (options.load !== undefined) return loadFlowFile(file, options)
  noLoad(options)
  const store = options.store === undefined ? undefined : engineOf(options.store, '--store')
  const broker = options.broker === undefined ? undefined : engineOf(options.broker, '--broker')
  const loaded = await loadRunnable(file)
  if (!loaded.flow) return loaded.code
  const { flow } = loaded
  checkNames(options.scenario ?? [], new Set(flow.scenarios.map(({ name }) => name)), file)
  const shown = progress()
  const say = options.json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  say(
    `${paint('bold', flow.name)} on ${store?.url ?? 'a temporary SQLite store'} and ${broker?.url ?? 'a temporary SQLite broker'}\n`,
  )
  using interrupt = interruptible()
  const logger = options.verbose ? (await import('./logger.ts')).stderrLogger() : undefined
  const results = await runFlow(flow, {
    signal: interrupt.signal,
    ...(store ? { store } : {}),
    ...(broker ? { broker } : {}),
    ...(options.scenario ? { scenarios: options.scenario } : {}),
    ...(logger ? { logger } : {}),
    onStart({ name }, index, total) {
      logger?.debug({ scenario: name }, 'scenario begun')
      shown.show(`${index + 1}/${total} ${name}`)
    },
    onResult: (result) => {
      shown.clear()
      say(scenarioText(result))
    },
  })
  if (options.json) process.stdout.write(`${JSON.stringify(resultJson(flow.name, results), undefined, 2)}\n`)
  else say(closing(results))
  return codeOf(results)
}

function codeOf(results: readonly ScenarioResult[]): ExitCode {
  if (results.some(({ happened }) => happened.faults.some(({ broken }) => broken))) return EXIT.broken
  return summarise(results).failed > 0 ? EXIT.findings : EXIT.good
}

// One scenario's read model and timeline say how the services play together; all of them would hide it.
function closing(results: readonly ScenarioResult[]): string {
  const told = results.find(({ verdict }) => verdict === 'passed') ?? results[0]
  const parts = told
    ? [readModelText(told), timelineText(told)]
    : ['The flow has no scenarios: nothing was run.']
  return `\n${[...parts.filter((part) => part !== ''), summaryText(results)].join('\n\n')}`
}

function checkNames(wanted: readonly string[], known: ReadonlySet<string>, file: string): void {
  const unknown = wanted.find((name) => !known.has(name))
  if (unknown === undefined) return
  const list = [...known].map((name) => `  ${name}`).join('\n')
  throw new UsageError(`${file} has no scenario "${unknown}". It has:\n${list}`)
}
