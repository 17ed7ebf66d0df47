import process from 'node:process'
import type { ProjectionDefinition } from '@eventwright/core'
import type { Command } from 'commander'
import { printableJson } from '../findings/index.ts'
import type { Code, Replayed } from '../inspect/index.ts'
import { type CodeOptions, codeNamed, withCode } from './code.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { interruptible } from './interrupt.ts'
import { openToRead, STORE } from './open-store.ts'
import { replayProgress } from './replay-progress.ts'
import { replayText } from './replay-text.ts'
import { UsageError } from './usage-error.ts'
import { wholeNumber } from './whole-number.ts'

interface Options extends CodeOptions {
  readonly store: string
  readonly to?: number
  readonly tenant?: string
  readonly limit: number
  readonly out?: string
  readonly json?: boolean
}

/** `eventwright replay PROJECTION`. */
export function addReplay(program: Command, finish: Finish): void {
  const command = program
    .command('replay')
    .description(
      'rebuild a projection beside the live one, and say what differs; nothing in the store changes',
    )
    .argument('<projection>', 'its name')
    .requiredOption('--store <url>', STORE)
    .option('--to <position>', 'fold the log up to this position only', wholeNumber(0))
    .option('--tenant <tenant>', 'of this tenant; default all')
    .option('--limit <number>', 'tell so many differences', wholeNumber(0), 20)
    .option('--out <file>', 'write the rebuilt documents as NDJSON')
    .option('--json', 'print the result as JSON')
  withCode(command)
    .addHelpText('after', EXAMPLES)
    .action(async (projection: string, options: Options) => finish(await run(projection, options)))
}

const EXAMPLES = `
The code's handlers fold the log in memory, up to what the live projection has in it, which goes on meanwhile. Their
tx.now is the event's own time. Exit code 0 where all documents are equal, 1 where any differs.

Examples:
  $ eventwright replay demand --store sqlite:shop.db --app src/app.ts
  $ eventwright replay demand --store sqlite:shop.db --flow shop.flow.yaml --json
  $ eventwright replay demand --store sqlite:shop.db --app src/app.ts --to 1200 --out demand.ndjson`

async function run(projection: string, options: Options): Promise<ExitCode> {
  const loaded = await codeNamed(options)
  if ('exit' in loaded) return loaded.exit
  const definition = await definitionOf(projection, loaded.code)
  const { replay } = await import('../inspect/index.ts')
  const { to, tenant, limit, out, json = false } = options
  const store = await openToRead(options.store)
  const progress = replayProgress()
  try {
    const replayed = await replay(store, definition, {
      limit,
      ...(to === undefined ? {} : { to }),
      ...(tenant === undefined ? {} : { tenant }),
      onProgress: progress.show,
    })
    progress.clear()
    if (out !== undefined) await written(out, replayed.rebuild)
    process.stdout.write(json ? jsonText(replayed) : replayText(replayed))
    return isEqual(replayed) ? EXIT.good : EXIT.findings
  } finally {
    progress.clear()
    await store.close()
  }
}

async function written(out: string, rebuild: Replayed['rebuild']): Promise<void> {
  const { writeDocuments } = await import('../inspect/index.ts')
  // Until here a Ctrl-C ends the process at once: there was nothing to tidy up.
  using interrupt = interruptible()
  await writeDocuments(out, rebuild, interrupt.signal)
}

async function definitionOf(name: string, code: Code | undefined): Promise<ProjectionDefinition> {
  if (code === undefined)
    throw new UsageError(`The handlers of ${name} are code: give --flow FILE or --app MODULE.`)
  const definition = code.projections.get(name)
  if (definition) return definition
  const { listed } = await import('../inspect/index.ts')
  throw new UsageError(
    `${code.origin} has no projection ${name} (it has: ${listed(code.projections.keys())}).`,
  )
}

function isEqual({ comparison: { missing, surplus, different } }: Replayed): boolean {
  return missing + surplus + different === 0
}

function jsonText({ rebuild: _, comparison, ...replayed }: Replayed): string {
  return `${printableJson({ ...replayed, ...comparison }, 2)}\n`
}
