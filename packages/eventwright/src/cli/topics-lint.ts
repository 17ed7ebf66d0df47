import process from 'node:process'
import { type Command, Option } from 'commander'
import { FORMATS, type Format, formatFindings } from '../findings/index.ts'
import type { ExitCode, Finish } from './exit-codes.ts'
import { codeOf, type FileOptions, load, withFile } from './topics-input.ts'

type Options = FileOptions & { readonly format: Format }

/** `eventwright topics lint`. */
export function addTopicsLint(topics: Command, finish: Finish): void {
  withFile(topics.command('lint'))
    .description(
      'find what would not work, or not as meant, without a cluster; all environments unless one is named',
    )
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: Options) => finish(await lint(file, options)))
}

const EXAMPLES = `
Exit code 1 where there are findings, 2 where the file cannot be understood.

Examples:
  $ eventwright topics lint topics.yaml
  $ eventwright topics lint --flow shop.flow.yaml --env production --format github`

async function lint(file: string | undefined, options: Options): Promise<ExitCode> {
  const loaded = await load(file, options)
  const { lintTopics } = await import('../topics/index.ts')
  const findings = lintTopics(loaded, options.env)
  process.stdout.write(formatFindings(options.format, findings, loaded.sources))
  return codeOf(findings)
}
