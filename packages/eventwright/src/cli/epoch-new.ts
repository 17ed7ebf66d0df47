import process from 'node:process'
import { RELAY } from '@eventwright/core'
import { shownUrl } from '@eventwright/core/engines'
import type { Command } from 'commander'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { engineToWrite, STORE } from './open-store.ts'

interface Options {
  readonly store: string
  readonly json?: boolean
}

/** `eventwright epoch new`. */
export function addEpochNew(epoch: Command, finish: Finish): void {
  epoch
    .command('new')
    .description('begin a new epoch of the log, after a restore or where it lost its tail')
    .requiredOption('--store <url>', STORE)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await run(options)))
}

const EXAMPLES = `
End every process on the store first; one that still runs stops publishing. Afterwards
  - the relay goes on from where it stood: what stands behind it is published in the new epoch;
  - projections stop with EpochChanged: raise their version, and they are built from the log that there is;
  - consumers of this log stop at its first message. Compare what they have done with the log, then
    eventwright epoch accept for each. Messages of the new epoch count as new to them, whatever they had before.

Example:
  $ eventwright epoch new --store sqlite:shop.db`

async function run({ store: url, json = false }: Options): Promise<ExitCode> {
  const epoch = await (await engineToWrite(url)).renewEpoch({ carry: [RELAY] })
  if (json) process.stdout.write(`${JSON.stringify({ epoch })}\n`)
  else process.stdout.write(`The log of ${shownUrl(url)} is in epoch ${epoch} now. ${NEXT}\n`)
  return EXIT.good
}

const NEXT =
  'Start its processes again; raise the versions of its projections, and let its consumers go on with `eventwright epoch accept`.'
