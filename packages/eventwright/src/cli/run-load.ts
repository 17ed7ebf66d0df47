import process from 'node:process'
import type { Command } from 'commander'
import { type LoadResult, NothingToLoad, runLoad } from '../flow/index.ts'
import { brokenOff } from './broken-off.ts'
import { leftText, placeText, runEngines, urlsOf, watchRun } from './engines.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { interruptible } from './interrupt.ts'
import { loadRunnable } from './load-runnable.ts'
import { loadJson } from './run-load-json.ts'
import { type LoadArguments, loadSettings } from './run-load-options.ts'
import { loadProgress } from './run-load-progress.ts'
import { loadText, paceText } from './run-load-text.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'

/** What `run` was given, where it is a load. */
export interface RunLoadOptions extends LoadArguments {
  readonly scenario?: readonly string[]
  readonly store?: string
  readonly broker?: string
  readonly json?: boolean
  readonly verbose?: boolean
}

/** The options of `run FLOW --load`. */
export function addLoadOptions(run: Command): Command {
  return run
    .option('--load <pace>', 'drive the flow with generated orders: 200/s, or max for as many as go')
    .option('--for <time>', 'with --load: how long orders are sent (default: 30s)')
    .option('--in-flight <n>', 'with --load max: orders under way at once (default: 200)')
    .option('--drain <time>', 'with --load: how long what is under way has to end (default: 30s)')
}

/** `eventwright run FLOW --load …`. The first Ctrl-C ends the sending, the second one everything. */
export async function loadFlowFile(file: string, options: RunLoadOptions): Promise<ExitCode> {
  if (options.scenario)
    throw new UsageError('--scenario and --load do not go together: a load makes its own orders')
  const settings = loadSettings(options)
  using interrupt = interruptible()
  await using engines = await runEngines(options)
  const { store, broker } = engines
  const loaded = await loadRunnable(file)
  if (!loaded.flow) return loaded.code
  const { flow } = loaded
  using watch = watchRun(engines)
  const say = options.json ? () => {} : (text: string) => process.stdout.write(`${text}\n`)
  say(
    `${paint('bold', flow.name)} under load: ${paceText(settings.pace)}, seed ${settings.seed}, on ${placeText(options)}\n`,
  )
  const logger = options.verbose ? (await import('./logger.ts')).stderrLogger() : undefined
  const shown = loadProgress()
  let underWay = false
  const result = await runLoad(flow, {
    ...settings,
    signal: AbortSignal.any([interrupt.signal, watch.signal]),
    onProgress(progress) {
      underWay = true
      shown.show(progress)
    },
    ...(store ? { store } : {}),
    ...(broker ? { broker } : {}),
    ...(logger ? { logger } : {}),
  }).catch((error: unknown) => {
    watch.signal.throwIfAborted()
    return asUsage(brokenOff(error, { urls: urlsOf(engines), underWay, left: leftText(options) }))
  })
  shown.clear()
  watch.signal.throwIfAborted()
  if (options.json) process.stdout.write(`${JSON.stringify(loadJson(result), undefined, 2)}\n`)
  else say(loadText(result))
  return codeOf(result)
}

/** Options of a load make no sense without one. @throws UsageError */
export function noLoad(options: LoadArguments): void {
  const alone = (['for', 'drain', 'inFlight'] as const).find((name) => options[name] !== undefined)
  if (alone === undefined) return
  const option = alone === 'inFlight' ? 'in-flight' : alone
  throw new UsageError(`--${option} goes with --load: add --load 200/s`)
}

function asUsage(error: unknown): never {
  throw error instanceof NothingToLoad ? new UsageError(error.message) : error
}

function codeOf({ balance }: LoadResult): ExitCode {
  return balance.good ? EXIT.good : EXIT.findings
}
