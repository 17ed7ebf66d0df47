import process from 'node:process'
import { type Command, Option } from 'commander'
import type { Plan } from '../topics/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { paint } from './style.ts'
import {
  type AllowOptions,
  allowedBy,
  type ClusterOptions,
  compare,
  type FileOptions,
  withAllowed,
  withCluster,
  withFile,
} from './topics-input.ts'

type Options = FileOptions & ClusterOptions & AllowOptions & { readonly format: 'text' | 'json' }

/** `eventwright topics plan`. */
export function addTopicsPlan(topics: Command, finish: Finish): void {
  withAllowed(withCluster(withFile(topics.command('plan'))))
    .description('compare the topics with a live cluster; changes nothing')
    .addOption(
      new Option('--format <format>', 'how the plan is printed').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: Options) => finish(await plan(file, options)))
}

const EXAMPLES = `
Exit code 0 where nothing is to be done, 1 where something is.

Examples:
  $ eventwright topics plan topics.yaml --env dev --brokers localhost:9092
  $ eventwright topics plan --flow shop.flow.yaml --env dev --brokers kafka://localhost:9092 --format json`

function plan(file: string | undefined, options: Options): Promise<ExitCode> {
  return compare(file, options, allowedBy(options), async ({ plan: found }) => {
    await print(found, options.format)
    return found.changes.length === 0 ? EXIT.good : EXIT.findings
  })
}

async function print(found: Plan, format: Options['format']): Promise<void> {
  const { planText } = await import('../topics/index.ts')
  process.stdout.write(format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : planText(found, paint))
}
