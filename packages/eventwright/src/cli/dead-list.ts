import process from 'node:process'
import {
  countDeadLetters,
  type DeadLetter,
  type Drop,
  deadLetters,
  droppedDeadLetters,
  type EventStore,
} from '@eventwright/core'
import type { Command } from 'commander'
import { printable, printableJson, printableMessage } from '../findings/index.ts'
import { timeText } from '../inspect/index.ts'
import { counted, countText, type TargetOptions, whyText, withTarget } from './dead-options.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openToRead, STORE } from './open-store.ts'
import { table } from './table.ts'
import { wholeNumber } from './whole-number.ts'

interface Options extends TargetOptions {
  readonly store: string
  readonly limit: number
  readonly dropped?: boolean
  readonly json?: boolean
}

/** `eventwright dead list`. */
export function addDeadList(dead: Command, finish: Finish): void {
  withTarget(dead.command('list').requiredOption('--store <url>', STORE))
    .description('list what is parked, by consumer, key and order of arrival')
    .option('--limit <number>', 'show so many', wholeNumber(1), 50)
    .option('--dropped', 'list what was dropped instead: who did, when and why')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await list(options)))
}

const EXAMPLES = `
Examples:
  $ eventwright dead list --store sqlite:shop.db
  $ eventwright dead list --store sqlite:shop.db --consumer saga:fulfilment --json`

async function list({
  store: url,
  limit,
  dropped = false,
  json = false,
  ...target
}: Options): Promise<ExitCode> {
  const store = await openToRead(url)
  try {
    process.stdout.write(
      dropped ? await drops(store, target, limit, json) : await parked(store, target, limit, json),
    )
    return EXIT.good
  } finally {
    await store.close()
  }
}

async function parked(
  store: EventStore,
  target: TargetOptions,
  limit: number,
  json: boolean,
): Promise<string> {
  const total = await countDeadLetters(store, target)
  const letters = await deadLetters(store, { ...target, limit })
  if (json) return `${printableJson({ total, deadLetters: letters }, 2)}\n`
  if (letters.length === 0) return 'Nothing is parked.\n'
  const shown =
    letters.length < total.letters ? `; ${counted(letters.length, 'message')} shown (--limit)` : ''
  return `${table([HEAD, ...letters.map(rowOf)])}\n${countText(total)}${shown}.\n`
}

const HEAD = ['ID', 'TENANT', 'KEY', 'PARKED', 'ATTEMPTS', 'WHY']

function rowOf(letter: DeadLetter): readonly string[] {
  const { id, tenant, key, parkedAt, attempts } = letter
  return [id, printable(tenant), printable(key ?? ''), timeText(parkedAt), String(attempts), whyText(letter)]
}

async function drops(
  store: EventStore,
  target: TargetOptions,
  limit: number,
  json: boolean,
): Promise<string> {
  const found = await droppedDeadLetters(store, { ...target, limit })
  if (json) return `${printableJson({ dropped: found }, 2)}\n`
  return found.length === 0 ? 'Nothing was dropped.\n' : table([DROP_HEAD, ...found.map(dropRow)])
}

const DROP_HEAD = ['ID', 'TENANT', 'KEY', 'DROPPED', 'BY', 'WHY']

function dropRow({ id, tenant, key, droppedAt, by = '', why = '' }: Drop): readonly string[] {
  return [
    id,
    printable(tenant),
    printable(key ?? ''),
    timeText(droppedAt),
    printable(by),
    printableMessage(why),
  ]
}
