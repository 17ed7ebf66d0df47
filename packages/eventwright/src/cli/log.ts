import process from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EventStore } from '@eventwright/core'
import { shownUrl } from '@eventwright/core/engines'
import { type Command, InvalidArgumentError } from 'commander'
import { printableMessage } from '../findings/index.ts'
import { follow, forward, type LogFilter, type LogPage, lastOf, momentOf } from '../inspect/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { Interrupted, interruptible } from './interrupt.ts'
import { type LogShape, printerOf } from './log-printer.ts'
import { openToRead, STORE } from './open-store.ts'
import { UsageError } from './usage-error.ts'
import { wholeNumber } from './whole-number.ts'

interface Options extends LogShape {
  readonly store: string
  readonly stream?: string
  readonly type?: readonly string[]
  readonly since?: number
  readonly until?: number
  readonly correlation?: string
  readonly tenant?: string
  readonly limit?: number
  readonly last?: number
  readonly technical?: boolean
  readonly follow?: boolean
}

/** `eventwright log`. */
export function addLog(program: Command, finish: Finish): void {
  program
    .command('log')
    .description('show the events of a store, of a running system too, without disturbing it')
    .requiredOption('--store <url>', STORE)
    .option('--stream <name>', 'only this stream: Order-o-1')
    .option('--type <name...>', 'only events of these types')
    .option('--since <time>', 'recorded at this time or later: 2026-11-28T19:00Z, or 10m, 2h ago', moment)
    .option('--until <time>', 'recorded at this time or earlier', moment)
    .option('--correlation <id>', 'only this conversation')
    .option('--tenant <tenant>', 'only this tenant')
    .option('--limit <number>', 'end after so many', wholeNumber(1))
    .option('--last <number>', 'only the last ones', wholeNumber(1))
    .option('--technical', 'also what Eventwright itself records (eventwright.…)')
    .option('--follow', 'show what comes, until Ctrl-C; what is there only with --last or --since')
    .option('--no-data', 'leave the payloads out')
    .option('--json', 'print CloudEvents of the stored profile, one a line')
    .option(
      '--service <name>',
      'with --json: the source /services/NAME (default: the name of the file or schema)',
    )
    .option('--namespace <name>', 'with --json: what stands before the type (com.example.shop)')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await log(options)))
}

const EXAMPLES = `
Examples:
  $ eventwright log --store sqlite:shop.db --stream Order-o-1
  $ eventwright log --store sqlite:shop.db --type OrderPlaced OrderCancelled --since 2h
  $ eventwright log --store sqlite:shop.db --follow --json`

async function log(options: Options): Promise<ExitCode> {
  checkTogether(options)
  using interrupt = interruptible()
  const store = await openToRead(options.store)
  try {
    const shown = await print(store, options, interrupt.signal)
    if (shown.events === 0 && !options.follow) await sayNothingFound(store, options, shown.hidden)
    return EXIT.good
  } catch (error) {
    // Ctrl-C is how following ends.
    if (options.follow && error instanceof Interrupted) return EXIT.good
    throw error
  } finally {
    await store.close()
  }
}

async function print(
  store: EventStore,
  options: Options,
  signal: AbortSignal,
): Promise<{ readonly events: number; readonly hidden: number }> {
  const printer = printerOf(store, options)
  let [events, hidden] = [0, 0]
  for await (const page of pages(store, options, signal)) {
    // Reading and printing may both be done in one turn: a Ctrl-C is heard in the next.
    await nextTurn()
    signal.throwIfAborted()
    const left = (options.limit ?? Number.POSITIVE_INFINITY) - events
    await printer.print(page.events.slice(0, left), signal)
    events += Math.min(left, page.events.length)
    hidden += page.hidden
    if (events === options.limit) break
  }
  signal.throwIfAborted()
  return { events, hidden }
}

/** What is there, as far as it is asked for, and then what comes. */
async function* pages(store: EventStore, options: Options, signal: AbortSignal): AsyncGenerator<LogPage> {
  const filter = filterOf(options)
  const head = await store.head()
  if (options.last !== undefined) yield await lastOf(store, filter, options.last, head + 1)
  else if (!options.follow || options.since !== undefined)
    yield* forward(store, filter, { after: 0, before: head + 1 })
  if (options.follow) yield* follow(store, filter, head, signal)
}

function filterOf({ stream, type, since, until, correlation, tenant, technical }: Options): LogFilter {
  return {
    technical: technical ?? false,
    ...(stream === undefined ? {} : { stream }),
    ...(type === undefined ? {} : { types: type }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(correlation === undefined ? {} : { correlationId: correlation }),
    ...(tenant === undefined ? {} : { tenant }),
  }
}

function checkTogether({ limit, last, follow: following, until, json, namespace, service }: Options): void {
  if (limit !== undefined && last !== undefined)
    throw new UsageError('Give --limit for the first ones or --last for the last ones, not both.')
  if (following && until !== undefined)
    throw new UsageError('--follow shows what comes, --until ends before it: leave one of them out.')
  if (!json && (namespace !== undefined || service !== undefined))
    throw new UsageError('--namespace and --service say what stands in CloudEvents: add --json.')
}

async function sayNothingFound(
  store: EventStore,
  { stream, tenant, store: url }: Options,
  hidden: number,
): Promise<void> {
  const place = `${shownUrl(url)}${tenant === undefined ? '' : `, tenant "${tenant}"`}`
  const missing =
    stream !== undefined &&
    (await store.readAll({ stream, limit: 1, ...(tenant === undefined ? {} : { tenant }) })).events.length ===
      0
  const said = missing ? `There is no stream "${stream}" in ${place}.` : `Nothing found in ${place}.`
  const more = hidden === 0 ? '' : ` Technical events are there: ${hidden}; --technical shows them.`
  process.stderr.write(`${printableMessage(said)}${more}\n`)
}

function moment(text: string): number {
  const time = momentOf(text, Date.now())
  if (time !== undefined) return time
  throw new InvalidArgumentError('Write a time as 2026-11-28T19:00:00Z, or how long ago: 90s, 10m, 2h, 3d.')
}
