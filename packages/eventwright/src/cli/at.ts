import process from 'node:process'
import type { Command } from 'commander'
import { printableJson } from '../findings/index.ts'
import type { Point } from '../inspect/index.ts'
import { changesText, stateText } from './at-text.ts'
import { type CodeOptions, codeNamed, withCode } from './code.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openToRead, STORE } from './open-store.ts'
import { UsageError } from './usage-error.ts'
import { wholeNumber } from './whole-number.ts'

interface Options extends CodeOptions {
  readonly store: string
  readonly tenant?: string
  readonly version?: number
  readonly time?: string
  readonly diff?: string | true
  readonly to?: string
  readonly json?: boolean
}

/** `eventwright at STREAM`. */
export function addAt(program: Command, finish: Finish): void {
  const at = program
    .command('at')
    .description(
      'show the state that an aggregate or a saga had at a version or a time, and what changed between two',
    )
    .argument('<stream>', "the stream: order-o-1, or a saga's, saga:fulfilment-o-1")
    .requiredOption('--store <url>', STORE)
    .option('--version <number>', 'after this version (0: before the first event)', wholeNumber(0))
    .option('--time <time>', 'at this time: 2026-01-31T12:00:00Z, or how long ago, 10m')
    .option('--diff [range]', 'what changed: 3..7, 2h..10m, or from --version or --time on')
    .option('--to <point>', 'with --diff: up to this version or time; default now')
    .option('--tenant <tenant>', 'of this tenant')
    .option('--json', 'print it as JSON')
  withCode(at)
    .addHelpText('after', EXAMPLES)
    .action(async (stream: string, options: Options) => finish(await run(stream, options)))
}

const EXAMPLES = `
The state is folded from the events by the code's own evolve, old payloads upcast. A saga's stream needs no code. A
stream's order is that of its versions: where a clock was set back, the state at a time is the one before the first
event that is later.

Examples:
  $ eventwright at order-o-1 --store sqlite:shop.db --app src/app.ts
  $ eventwright at order-o-1 --store sqlite:shop.db --flow shop.flow.yaml --time 10m
  $ eventwright at order-o-1 --store sqlite:shop.db --flow shop.flow.yaml --diff 1..3
  $ eventwright at saga:fulfilment-o-1 --store sqlite:shop.db --version 4`

async function run(stream: string, options: Options): Promise<ExitCode> {
  const inspect = await import('../inspect/index.ts')
  const now = Date.now()
  const points = pointsOf(options, inspect, now)
  const loaded = await codeNamed(options)
  if ('exit' in loaded) return loaded.exit
  const fold = inspect.foldOf(stream, loaded.code)
  const { tenant = '', json = false } = options
  const store = await openToRead(options.store)
  try {
    const place = { store, stream, tenant }
    if (points.to === undefined) {
      const found = await inspect.stateAt(place, fold, points.from)
      warn(found.outOfOrder)
      process.stdout.write(json ? jsonText({ stream, tenant, ...found }) : stateText(stream, found))
    } else {
      const found = await inspect.changesBetween(place, fold, { from: points.from, to: points.to })
      warn(found.outOfOrder)
      process.stdout.write(json ? jsonText({ stream, tenant, ...found }) : changesText(stream, found))
    }
    return EXIT.good
  } finally {
    await store.close()
  }
}

interface Points {
  readonly from: Point
  /** Only where a difference is asked for. */
  readonly to?: Point
}

function pointsOf(
  { version, time, diff, to }: Options,
  { pointOf, rangeOf, timeOf }: typeof import('../inspect/index.ts'),
  now: number,
): Points {
  if (version !== undefined && time !== undefined) throw new UsageError('Give --version or --time, not both.')
  if (to !== undefined && diff === undefined) throw new UsageError('--to is the other end of --diff.')
  const named = startOf(version, time === undefined ? undefined : timeOf(time, now))
  if (diff === undefined) return { from: named ?? { kind: 'end' } }
  if (typeof diff === 'string') {
    if (named !== undefined || to !== undefined)
      throw new UsageError('--diff has its two points: leave --version, --time and --to out.')
    return rangeOf(diff, now)
  }
  if (named === undefined)
    throw new UsageError('--diff from where? Write --diff 3..7, or give --version or --time.')
  return { from: named, to: pointOf(to ?? '', now) }
}

function startOf(version: number | undefined, time: number | undefined): Point | undefined {
  if (version !== undefined) return { kind: 'version', version }
  return time === undefined ? undefined : { kind: 'time', time }
}

function warn(outOfOrder: number): void {
  if (outOfOrder === 0) return
  process.stderr.write(
    `${outOfOrder} later event${outOfOrder === 1 ? ' has' : 's have'} an earlier time: a clock was set back. ` +
      'They come after the state that is shown.\n',
  )
}

function jsonText(value: object): string {
  return `${printableJson(value, 2)}\n`
}
