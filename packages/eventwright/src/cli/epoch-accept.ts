import process from 'node:process'
import { acceptEpochs } from '@eventwright/core'
import type { Command } from 'commander'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openToWrite, STORES } from './open-store.ts'

interface Options {
  readonly store: string
  readonly consumer: string
  readonly json?: boolean
}

/** `eventwright epoch accept`. */
export function addEpochAccept(epoch: Command, finish: Finish): void {
  epoch
    .command('accept')
    .description('let a consumer that stopped with EpochChanged take the new epoch of each log that it hears')
    .requiredOption('--store <url>', `the consumer's own store: ${STORES}`)
    .requiredOption('--consumer <name>', 'a service, a consumer, or saga:NAME, as health() names it')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await run(options)))
}

const EXAMPLES = `
Compare what the consumer has done with the log that it hears first: events that the log lost may have had effects
here. It takes one other epoch of each log, once its process is started again.

Example:
  $ eventwright epoch accept --store sqlite:billing.db --consumer billing`

async function run({ store: url, consumer, json = false }: Options): Promise<ExitCode> {
  const store = await openToWrite(url)
  try {
    const logs = await acceptEpochs(store, consumer)
    if (json) process.stdout.write(`${JSON.stringify({ consumer, logs })}\n`)
    else process.stdout.write(textOf(consumer, logs))
    return logs === 0 ? EXIT.findings : EXIT.good
  } finally {
    await store.close()
  }
}

function textOf(consumer: string, logs: number): string {
  if (logs === 0)
    return `"${consumer}" has heard no log in this store: nothing was changed. See how health() names it.\n`
  const what = logs === 1 ? 'the log' : `each of the ${logs} logs`
  return `"${consumer}" takes the next other epoch of ${what} that it hears, once it is started again.\n`
}
