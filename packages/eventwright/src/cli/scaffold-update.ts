import { join } from 'node:path'
import process from 'node:process'
import type { UpdatePlan } from '../scaffold/index.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { paint } from './style.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

interface Options {
  readonly from?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** What belongs to a new service, and says nothing here. */
const OF_NEW = ['service', 'into', 'core', 'streams'] as const

/** `eventwright scaffold --update [FOLDER]`. */
export async function updateScaffold(folder: string, options: Options): Promise<ExitCode> {
  const foreign = OF_NEW.find((name) => name in options)
  if (foreign !== undefined) throw new UsageError(`--${foreign} belongs to a new service, not to --update.`)
  const { planUpdate, writeUpdate } = await import('../scaffold/index.ts')
  const { from } = options
  const plan = await planUpdate({ folder, version: version(), ...(from === undefined ? {} : { from }) })
  if (!options.json) process.stdout.write(text(plan))
  const edited = editedByHand(plan)
  const goesOn = options.dryRun || edited.length === 0 || options.yes || (await confirmed(edited))
  const writes = goesOn && !options.dryRun && !plan.inStep
  if (writes) await writeUpdate(plan)
  process.stdout.write(options.json ? json(plan, writes) : closing(plan, writes, options))
  if (goesOn) return EXIT.good
  process.stderr.write(
    `eventwright: changed by hand, and not replaced: ${edited.join(', ')}. Move what you wrote into src/domain, or replace it with --yes.\n`,
  )
  return EXIT.findings
}

function editedByHand({ changed, removed }: UpdatePlan): readonly string[] {
  return [...changed, ...removed].filter((change) => change.editedByHand).map(({ path }) => path)
}

async function confirmed(edited: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false
  const { confirm } = await import('@clack/prompts')
  const message = `Replace what was changed by hand in ${edited.join(', ')}?`
  return (await confirm({ message, initialValue: false, output: process.stderr })) === true
}

function text({ changed, added, removed }: UpdatePlan): string {
  const diffs = [...changed, ...removed].map(({ diff }) => diff)
  const names = [
    ...added.map(
      ({ path, owner }) => `new, ${owner === 'yours' ? 'and yours from now on' : 'generated'}: ${path}`,
    ),
    ...removed.map(({ path }) => `goes: ${path}`),
  ]
  return [...diffs.map(coloured), ...names.map((name) => `${name}\n`)].join('')
}

function coloured(diff: string): string {
  return diff.replaceAll(/^[+-].*$/gm, (line) => paint(line.startsWith('+') ? 'green' : 'red', line))
}

function closing({ folder, service, inStep }: UpdatePlan, written: boolean, { dryRun }: Options): string {
  if (inStep) return `${service} is in step with its flow.\n`
  if (dryRun) return `\nNothing was written (--dry-run).\n`
  return written
    ? `\n${service} in ${folder} is in step with its flow again. Next: npm run typecheck, npm test\n`
    : ''
}

function json({ folder, service, changed, added, removed, inStep }: UpdatePlan, written: boolean): string {
  const told = {
    folder: join(folder),
    service,
    inStep,
    written,
    changed: changed.map(({ path, diff, editedByHand }) => ({ path, editedByHand, diff })),
    added: added.map(({ path, owner }) => ({ path, owner })),
    removed: removed.map(({ path, editedByHand }) => ({ path, editedByHand })),
  }
  return `${JSON.stringify(told, undefined, 2)}\n`
}
