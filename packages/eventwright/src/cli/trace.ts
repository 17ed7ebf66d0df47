import process from 'node:process'
import { shownUrl } from '@eventwright/core/engines'
import type { Command } from 'commander'
import { placeName } from '../engines/index.ts'
import { printableJson, printableMessage } from '../findings/index.ts'
import {
  findTarget,
  ownService,
  type Source,
  type Target,
  type Trace,
  traceConversation,
  traceMermaid,
  traceText,
} from '../inspect/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { openBrokerToRead, openToRead, STORES } from './open-store.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'
import { wholeNumber } from './whole-number.ts'

interface Options {
  readonly store: readonly string[]
  readonly broker?: string
  readonly tenant?: string
  readonly last: number
  readonly json?: boolean
  readonly mermaid?: boolean
}

/** `eventwright trace ID`. */
export function addTrace(program: Command, finish: Finish): void {
  program
    .command('trace')
    .description('draw what caused what, over services: commands, events, refusals, sagas, what waits')
    .argument('<id>', 'an event, a command, a conversation (its correlation id), or a stream')
    .requiredOption('--store <url...>', `the stores of the services: ${STORES}, or NAME=URL`)
    .option(
      '--broker <url>',
      `the broker, ${STORES} or kafka://HOST:PORT: says where a command that waits stands`,
    )
    .option('--tenant <tenant>', 'only this tenant')
    .option('--last <number>', 'of a stream: its last conversations', wholeNumber(1), 5)
    .option('--json', 'print it as JSON')
    .option('--mermaid', 'print a sequence diagram, in the language of Mermaid')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: Options) => finish(await trace(id, options)))
}

const EXAMPLES = `
Examples:
  $ eventwright trace Order-o-1 --store sqlite:shop.db
  $ eventwright trace 01a22394-8e43-7608-9f6d-61f8c6120c8f --store sqlite:orders.db sqlite:payments.db
  $ eventwright trace click-7 --store sqlite:shop.db --mermaid > click-7.mmd`

async function trace(id: string, options: Options): Promise<ExitCode> {
  if (options.json && options.mermaid) throw new UsageError('Give --json or --mermaid, not both.')
  await using stack = new AsyncDisposableStack()
  const sources: Source[] = []
  for (const given of options.store) {
    const { name, url } = named(given)
    const store = stack.adopt(await openToRead(url), (open) => open.close())
    sources.push({ name: nameOnce(name ?? (await ownService(store)) ?? placeName(url), sources), store })
  }
  const { tenant, last } = options
  const broker =
    options.broker === undefined
      ? undefined
      : stack.adopt(await openBrokerToRead(options.broker), (open) => open.close())
  const target = await findTarget(sources, id, { most: last, ...(tenant === undefined ? {} : { tenant }) })
  if (target === undefined) return sayUnknown(id, options)
  const traces: Trace[] = []
  for (const conversation of target.conversations) {
    const found = await traceConversation(sources, conversation, {
      ...(tenant === undefined ? {} : { tenant }),
      ...(broker === undefined ? {} : { broker }),
    })
    if (found !== undefined) traces.push(found)
  }
  process.stdout.write(shown(traces, sources.length > 1, options))
  if (target.more) sayMore(id, target)
  return EXIT.good
}

function shown(traces: readonly Trace[], services: boolean, { json, mermaid }: Options): string {
  if (json) return `${printableJson({ traces })}\n`
  if (mermaid) return traceMermaid(traces, { services })
  const look = {
    services,
    strong: (text: string) => paint('bold', text),
    faint: (text: string) => paint('dim', text),
  }
  return traces.map((one) => traceText(one, look)).join('\n')
}

function sayUnknown(id: string, { store, tenant }: Options): ExitCode {
  const where = `${store.map(shownStore).join(', ')}${tenant === undefined ? '' : `, tenant "${tenant}"`}`
  process.stderr.write(
    `${printableMessage(`No event, command, conversation or stream "${id}" in ${where}.`)}\n` +
      "Give each service's store with --store. A command that was refused where it was sent leaves no event.\n",
  )
  return EXIT.findings
}

function sayMore(id: string, { conversations }: Target): void {
  process.stderr.write(
    `${printableMessage(id)} has more conversations; these are the last ${conversations.length} (--last).\n`,
  )
}

/** `NAME=URL`, or a URL without a name. */
function named(given: string): { readonly name?: string; readonly url: string } {
  const [, name, url] = /^([^=:/]+)=(.+)$/s.exec(given) ?? []
  return name !== undefined && url !== undefined ? { name, url } : { url: given }
}

function shownStore(given: string): string {
  const { name, url } = named(given)
  return name === undefined ? shownUrl(url) : `${name}=${shownUrl(url)}`
}

function nameOnce(name: string, sources: readonly Source[]): string {
  const same = sources.filter((source) => source.name === name || source.name.startsWith(`${name} `)).length
  return same === 0 ? name : `${name} ${same + 1}`
}
