import type { Command } from 'commander'
import { addEpochAccept } from './epoch-accept.ts'
import { addEpochNew } from './epoch-new.ts'
import type { Finish } from './exit-codes.ts'
import { STORES } from './open-store.ts'

/** `eventwright epoch …`. */
export function addEpoch(program: Command, finish: Finish): void {
  const epoch = program
    .command('epoch')
    .description('after a restore: begin a new epoch of a log, and let consumers of it go on')
    .addHelpText('after', HELP)
  addEpochNew(epoch, finish)
  addEpochAccept(epoch, finish)
}

const HELP = `
A log that was restored, or lost its tail, gives positions and versions again that others have seen. In a new epoch
nobody takes them for the old ones: who meets it stops with EpochChanged, and a person decides.

Options (each command shows its own with --help):
  --store <url>      the store: ${STORES}
  --consumer <name>  accept: this consumer (a service, a consumer, saga:NAME)
  --json             print it as JSON

Examples:
  $ eventwright epoch new --store sqlite:shop.db
  $ eventwright epoch accept --store sqlite:billing.db --consumer billing`
