import { hostname, userInfo } from 'node:os'
import process from 'node:process'
import {
  countDeadLetters,
  type DeadLetterTarget,
  deadLetter,
  dropDeadLetters,
  type EventStore,
} from '@eventwright/core'
import type { Command } from 'commander'
import { counted, countText, type TargetOptions, targetOf, whyText, withTarget } from './dead-options.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openToWrite, STORE } from './open-store.ts'
import { UsageError } from './usage-error.ts'

interface Options extends TargetOptions {
  readonly store: string
  readonly reason?: string
  readonly yes?: boolean
  readonly json?: boolean
}

/** `eventwright dead drop`. */
export function addDeadDrop(dead: Command, finish: Finish): void {
  withTarget(dead.command('drop').requiredOption('--store <url>', STORE))
    .description('throw messages away: they are never handled')
    .argument('[id]', 'the one dead letter that is dropped')
    .option('--all', 'everything that is parked')
    .option('--reason <text>', 'why, for the record')
    .option('--yes', 'do not ask (needed where there is no terminal)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: Options) => finish(await run(id, options)))
}

const EXAMPLES = `
The log keeps who dropped what, when and why (dead list --dropped), with the message. A command that is dropped counts
as refused (Dropped): who sent it is told, and it does nothing when it comes again. The others of its key stay parked
until they are redriven; the key is free with its last message.

Examples:
  $ eventwright dead drop payments/o-1/1795892812345000 --store sqlite:shop.db --reason "sent twice by hand"
  $ eventwright dead drop --store sqlite:shop.db --consumer mailer --reason "mails of a test" --yes`

async function run(
  id: string | undefined,
  { store: url, json = false, ...options }: Options,
): Promise<ExitCode> {
  const target = targetOf(id, options)
  checkAnswers(options)
  const store = await openToWrite(url)
  try {
    const meant = await tellMeant(store, target)
    if (meant === 0) return EXIT.good
    const why = await reasonFor(meant, options)
    if (why === undefined) return EXIT.findings
    const dropped = await dropDeadLetters(store, target, { by: whoAmI(), why })
    const left = await countDeadLetters(store, scopeOf(target))
    process.stdout.write(json ? `${JSON.stringify({ dropped, left })}\n` : textOf(dropped, left))
    return EXIT.good
  } finally {
    await store.close()
  }
}

/** Off a terminal nobody can be asked. */
function checkAnswers({ yes = false, reason }: Options | Omit<Options, 'store'>): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return
  if (!yes) throw new UsageError('There is no terminal to ask on. Give --yes to drop without being asked.')
  if (reason === undefined) throw new UsageError('Give --reason: the log keeps why a message was dropped.')
}

/** Says what is to be dropped. Gives the number of messages. */
async function tellMeant(store: EventStore, target: DeadLetterTarget): Promise<number> {
  if (target.id === undefined) {
    const total = await countDeadLetters(store, target)
    process.stderr.write(
      total.letters === 0
        ? 'Nothing is parked: nothing is dropped.\n'
        : `To be dropped: ${countText(total)}.\n`,
    )
    return total.letters
  }
  const letter = await deadLetter(store, target.id, target)
  if (letter) process.stderr.write(`To be dropped: ${letter.message.id} (${whyText(letter)}).\n`)
  // That it is not there, the drop itself says.
  return 1
}

async function reasonFor(
  count: number,
  { yes = false, reason }: Omit<Options, 'store' | 'json'>,
): Promise<string | undefined> {
  if (yes && reason !== undefined) return reason
  const { confirm, isCancel, text } = await import('@clack/prompts')
  const message = `Throw ${counted(count, 'message')} away? They are never handled.`
  if (!yes && (await confirm({ message, initialValue: false })) !== true) return nothing()
  if (reason !== undefined) return reason
  const why = await text({
    message: 'Why? The log keeps it.',
    validate: (given) => (given?.trim() ? undefined : 'Say why.'),
  })
  return isCancel(why) ? nothing() : why
}

function nothing(): undefined {
  process.stderr.write('Nothing was dropped.\n')
}

/** Of one dead letter: the rest of its consumer, since its key may be free by now. */
function scopeOf({ id: _, ...scope }: DeadLetterTarget): DeadLetterTarget {
  return scope
}

function textOf(dropped: number, left: { readonly letters: number; readonly keys: number }): string {
  const rest =
    left.letters === 0
      ? 'Nothing is parked there any more: what arrives from now on is handled.'
      : `Still parked there: ${countText(left)}; dead redrive has that handled, in order.`
  return `Dropped ${counted(dropped, 'message')}. ${rest}\n`
}

function whoAmI(): string {
  return `${userName()}@${hostname()}`
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}
