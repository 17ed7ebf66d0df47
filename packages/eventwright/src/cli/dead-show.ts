import process from 'node:process'
import { type DeadLetter, deadLetter, deadLetters, type EventStore } from '@eventwright/core'
import type { Command } from 'commander'
import { printable, printableJson, printableMessage } from '../findings/index.ts'
import { mendOf, NotThere, timeText, type Verdict, verdictOf } from '../inspect/index.ts'
import { type CodeOptions, codeNamed, withCode } from './code.ts'
import { counted, whyText } from './dead-options.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openToRead, readOnly, STORE } from './open-store.ts'

interface Options extends CodeOptions {
  readonly store: string
  readonly tenant?: string
  readonly json?: boolean
}

/** `eventwright dead show`. */
export function addDeadShow(dead: Command, finish: Finish): void {
  const show = dead
    .command('show')
    .description('show one: the whole message, why it is parked, what waits behind it, how to mend it')
    .argument('<id>', 'its id, as list shows it')
    .requiredOption('--store <url>', STORE)
    .option('--tenant <tenant>', 'of this tenant; default any')
    .option('--json', 'print it as JSON')
  withCode(show)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: Options) => finish(await run(id, options)))
}

const EXAMPLES = `
With --flow or --app it says what that code would make of the message now: nothing is written, no handler is run, and a
command is decided on the state of now.

Examples:
  $ eventwright dead show payments/o-1/1795892812345000 --store sqlite:shop.db
  $ eventwright dead show payments/o-1/1795892812345000 --store sqlite:shop.db --app src/app.ts`

interface Shown {
  readonly letter: DeadLetter
  /** All of its key, in order. */
  readonly ofKey: readonly DeadLetter[]
  readonly verdict: Verdict | undefined
}

async function run(id: string, { store: url, tenant, json = false, ...named }: Options): Promise<ExitCode> {
  const loaded = await codeNamed(named)
  if ('exit' in loaded) return loaded.exit
  const store = await openToRead(url)
  try {
    const letter = await find(store, id, tenant)
    const ofKey = await deadLetters(store, { id, tenant: letter.tenant })
    const verdict = loaded.code && (await verdictOf(letter, loaded.code, await readOnly(url)))
    const shown = { letter, ofKey, verdict }
    process.stdout.write(json ? `${printableJson(jsonOf(shown), 2)}\n` : textOf(shown))
    return EXIT.good
  } finally {
    await store.close()
  }
}

async function find(store: EventStore, id: string, tenant: string | undefined): Promise<DeadLetter> {
  const letter = await deadLetter(store, id, tenant === undefined ? {} : { tenant })
  if (letter) return letter
  throw new NotThere(
    `There is no dead letter ${id}: it may have been redriven or dropped. See eventwright dead list.`,
  )
}

function jsonOf({ letter, ofKey, verdict: now }: Shown): object {
  const { before, behind } = aroundOf(letter, ofKey)
  return {
    ...letter,
    before: before.map(({ id }) => id),
    after: behind.map(({ id }) => id),
    mend: mendOf(letter, ofKey[0] ?? letter),
    ...(now === undefined ? {} : { now }),
  }
}

function textOf({ letter, ofKey, verdict: now }: Shown): string {
  const { consumer, tenant, key, topic, partition, offset, message, attempts, parkedAt } = letter
  const { before, behind } = aroundOf(letter, ofKey)
  const where =
    topic === '' ? `position ${offset} of the log` : `${topic}, partition ${partition}, offset ${offset}`
  const facts = [
    ['why', whyText(letter)],
    ['consumer', printable(consumer)],
    ...(tenant === '' ? [] : [['tenant', printable(tenant)]]),
    ['key', key === null ? 'none' : printable(key)],
    ['parked', `${timeText(parkedAt)}, after ${counted(attempts, 'attempt')}`],
    ['message', `${printable(message.id)}, ${where}`],
    ...Object.entries(message.headers).map(([name, value]) => [
      'header',
      `${printable(name)}: ${printable(value)}`,
    ]),
    ['before it', before.length === 0 ? 'nothing' : `${counted(before.length, 'message')} of the key`],
    ['behind it', behind.length === 0 ? 'nothing' : `${counted(behind.length, 'message')} of the key`],
  ]
  const lines = facts.map(([name = '', text = '']) => `  ${name.padEnd(10)} ${text}`)
  return [
    letter.id,
    ...lines,
    ...(message.value === '' ? [] : ['', indented(payloadText(message.value))]),
    ...(now === undefined ? [] : ['', `With this code now: ${printableMessage(now.text)}`]),
    ...(now?.payload === undefined ? [] : [indented(payloadText(JSON.stringify(now.payload)))]),
    '',
    ...mendOf(letter, ofKey[0] ?? letter),
    '',
  ].join('\n')
}

function aroundOf(
  { id }: DeadLetter,
  ofKey: readonly DeadLetter[],
): { readonly before: readonly DeadLetter[]; readonly behind: readonly DeadLetter[] } {
  const at = ofKey.findIndex((letter) => letter.id === id)
  return { before: ofKey.slice(0, Math.max(0, at)), behind: ofKey.slice(at + 1) }
}

function payloadText(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2)
  } catch {
    return value
  }
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${printable(line)}`)
    .join('\n')
}
