import process from 'node:process'
import { type Command, Option } from 'commander'
import { FORMATS, type Format, formatFindings, inOrder } from '../findings/index.ts'
import type { ExitCode, Finish } from './exit-codes.ts'
import {
  type ClusterOptions,
  codeOf,
  compare,
  type FileOptions,
  withCluster,
  withFile,
} from './topics-input.ts'

type Options = FileOptions & ClusterOptions & { readonly format: Format }

/** `eventwright topics drift`. */
export function addTopicsDrift(topics: Command, finish: Finish): void {
  withCluster(withFile(topics.command('drift')))
    .description(
      'find what a live cluster has otherwise than the file says, topics and settings set by hand included',
    )
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: Options) => finish(await drift(file, options)))
}

const EXAMPLES = `
Exit code 0 where cluster and file agree, 1 where they do not.

Examples:
  $ eventwright topics drift topics.yaml --env production --config client.properties
  $ eventwright topics drift topics.yaml --env dev --brokers localhost:9092 --format sarif`

function drift(file: string | undefined, options: Options): Promise<ExitCode> {
  return compare(file, options, {}, async ({ desired, plan, loaded: { sources } }) => {
    const { driftOf } = await import('../topics/index.ts')
    const findings = inOrder(driftOf(desired, plan, sources), [...sources.keys()])
    process.stdout.write(formatFindings(options.format, findings, sources))
    return codeOf(findings)
  })
}
