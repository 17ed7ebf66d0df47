import type { Command } from 'commander'
import { addDeadDrop } from './dead-drop.ts'
import { addDeadList } from './dead-list.ts'
import { addDeadRedrive } from './dead-redrive.ts'
import { addDeadShow } from './dead-show.ts'
import type { Finish } from './exit-codes.ts'
import { STORES } from './open-store.ts'

/** `eventwright dead …`. */
export function addDead(program: Command, finish: Finish): void {
  const dead = program
    .command('dead')
    .description('dead letters of a store: list them, look at one, have them handled again, drop them')
    .addHelpText('after', HELP)
  addDeadList(dead, finish)
  addDeadShow(dead, finish)
  addDeadRedrive(dead, finish)
  addDeadDrop(dead, finish)
}

const HELP = `
A message that cannot be handled is parked with the later ones of its key; nothing of that key is handled until the
key is free. A redrive runs a key's messages in order, and the key is free with its last one.

Options (each command shows its own with --help):
  --store <url>      the store of the service: ${STORES}
  --consumer <name>  of this consumer (a service, a consumer, saga:NAME, relay)
  --key <key>        of this key
  --tenant <tenant>  of this tenant
  --all              redrive, drop: everything that is parked
  --limit <number>   list: show so many
  --dropped          list: what was dropped instead
  --flow, --app      show: what this code would make of it now
  --reason <text>    drop: why, for the record
  --yes              drop: do not ask
  --json             print it as JSON

Examples:
  $ eventwright dead list --store sqlite:shop.db
  $ eventwright dead redrive --store sqlite:shop.db --consumer payments --key o-1`
