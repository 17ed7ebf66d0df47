import process from 'node:process'
import { countDeadLetters, deadLetters, type EventStore, redrive } from '@eventwright/core'
import type { Command } from 'commander'
import { counted, type TargetOptions, targetOf, withTarget } from './dead-options.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openToWrite, STORE } from './open-store.ts'
import { UsageError } from './usage-error.ts'

interface Options extends TargetOptions {
  readonly store: string
  readonly json?: boolean
}

/** `eventwright dead redrive`. */
export function addDeadRedrive(dead: Command, finish: Finish): void {
  withTarget(dead.command('redrive').requiredOption('--store <url>', STORE))
    .description("mark keys to be handled again: the service's own consumer does the work, in order")
    .argument('[id]', 'a dead letter, whose whole key is marked')
    .option('--all', 'everything that is parked')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: Options) => finish(await run(id, options)))
}

const EXAMPLES = `
Nothing is run here: a process of the service runs what is marked, one key after the other, when it is its turn. A
message that fails again leaves its key parked, with the new reason. dead list shows what is left.

Examples:
  $ eventwright dead redrive payments/o-1/1795892812345000 --store sqlite:shop.db
  $ eventwright dead redrive --store sqlite:shop.db --consumer payments
  $ eventwright dead redrive --store sqlite:shop.db --all`

async function run(
  id: string | undefined,
  { store: url, json = false, ...options }: Options,
): Promise<ExitCode> {
  const target = targetOf(id, options)
  const store = await openToWrite(url)
  try {
    const { letters } = await countDeadLetters(store, target)
    const keys = await redrive(store, target)
    if (keys === 0 && options.consumer !== undefined) await refuseUnheardOf(store, options.consumer)
    if (json) process.stdout.write(`${JSON.stringify({ keys, letters })}\n`)
    else process.stdout.write(textOf(keys, letters))
    return EXIT.good
  } finally {
    await store.close()
  }
}

/** A name that was mistyped looks like a consumer of which nothing is parked. @throws UsageError */
async function refuseUnheardOf(store: EventStore, consumer: string): Promise<void> {
  const others = new Set((await deadLetters(store)).map((letter) => letter.consumer))
  if (others.size === 0 || others.has(consumer)) return
  throw new UsageError(
    `Nothing of consumer "${consumer}" is parked; something of ${[...others].join(', ')} is.`,
  )
}

function textOf(keys: number, letters: number): string {
  if (keys === 0) return 'Nothing is parked: nothing was marked.\n'
  return (
    `Marked ${counted(keys, 'key')} with ${counted(letters, 'message')}. A process of the service runs them in order, ` +
    'when it is its turn; dead list shows what is left.\n'
  )
}
