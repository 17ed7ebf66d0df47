import process from 'node:process'
import type { Command } from 'commander'
import type { Allowed, StepResult } from '../topics/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { paint } from './style.ts'
import {
  type AllowOptions,
  allowedBy,
  type ClusterOptions,
  type Compared,
  compare,
  type FileOptions,
  withAllowed,
  withCluster,
  withFile,
} from './topics-input.ts'
import { UsageError } from './usage-error.ts'

type Options = FileOptions &
  ClusterOptions &
  AllowOptions & {
    readonly yes?: boolean
    readonly allowDelete?: readonly string[]
  }

/** `eventwright topics apply`. */
export function addTopicsApply(topics: Command, finish: Finish): void {
  withAllowed(withCluster(withFile(topics.command('apply'))))
    .description('show the plan, ask, and carry it out; deletes nothing that is not named')
    .option('--yes', 'do not ask (needed where there is no terminal)')
    .option('--allow-delete <topic...>', 'delete these topics, which the file must not have')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: Options) => finish(await apply(file, options)))
}

const EXAMPLES = `
Exit code 0 where all is done, 1 where something is refused or failed, 4 where the cluster stopped answering. Running
it again continues.

Examples:
  $ eventwright topics apply topics.yaml --env dev --brokers localhost:9092
  $ eventwright topics apply topics.yaml --env production --config client.properties --yes`

function apply(file: string | undefined, options: Options): Promise<ExitCode> {
  const allowed = { ...allowedBy(options), delete: options.allowDelete ?? [] }
  return compare(file, options, allowed, async (compared) => {
    const { isRefused, planText } = await import('../topics/index.ts')
    checkDeletions(allowed, compared)
    const { plan } = compared
    process.stdout.write(planText(plan, paint))
    if (plan.changes.length === 0) return EXIT.good
    if (isRefused(plan)) {
      process.stderr.write('eventwright: Nothing was applied, since a part of it is refused.\n')
      return EXIT.findings
    }
    if (!(await confirmed(options.yes === true))) return EXIT.findings
    return carryOut(compared, allowed)
  })
}

function checkDeletions({ delete: names = [] }: Allowed, { desired, actual }: Compared): void {
  for (const name of names) {
    if (desired.topics.some((topic) => topic.name === name)) {
      throw new UsageError(`--allow-delete ${name}: the file has this topic. Remove it from the file first.`)
    }
    if (!actual.topics.has(name))
      process.stderr.write(`${name} is not there (any more): nothing to delete.\n`)
  }
}

async function confirmed(yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UsageError('There is no terminal to ask on. Give --yes to apply the plan above.')
  }
  const { confirm } = await import('@clack/prompts')
  const answer = await confirm({ message: 'Apply this?', initialValue: false })
  if (answer !== true) process.stderr.write('Nothing was applied.\n')
  return answer === true
}

async function carryOut({ plan, desired, cluster }: Compared, allowed: Allowed): Promise<ExitCode> {
  const { applyPlan } = await import('../topics/index.ts')
  const results = await applyPlan(plan, { desired, allowed }, cluster, (result) =>
    process.stdout.write(`${resultText(result)}\n`),
  )
  const done = results.filter(({ outcome }) => outcome === 'done' || outcome === 'already').length
  process.stdout.write(`${done} of ${results.length} steps done.\n`)
  if (done === results.length) return EXIT.good
  process.stderr.write('eventwright: Not everything was applied. Mend what is told above and run it again.\n')
  return results.some(({ outcome }) => outcome === 'unknown') ? EXIT.unreachable : EXIT.findings
}

const WORDS: Readonly<Record<StepResult['step'], string>> = {
  create: 'create',
  partitions: 'add partitions',
  settings: 'change settings',
  delete: 'delete',
}

function resultText({ topic, step, outcome, reason }: StepResult): string {
  const good = outcome === 'done' || outcome === 'already'
  const head = `${paint(good ? 'green' : 'red', good ? '✓' : '✗')} ${topic}: ${WORDS[step]}: ${outcome}`
  return reason === undefined ? head : `${head}\n    ${reason}`
}
