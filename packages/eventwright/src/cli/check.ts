import process from 'node:process'
import { type Command, Option } from 'commander'
import { checkFlow, type Finding, FORMATS, type Format, formatFindings, loadFlow } from '../flow/index.ts'
import { coverageText } from './coverage-text.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { refreshSchema } from './flow-schema.ts'

/** `eventwright check FLOW…`. */
export function addCheck(program: Command, finish: Finish): void {
  program
    .command('check')
    .description('find design errors in flow files, each with its place, the reason and how to mend it')
    .argument('<flow...>', 'the flow files, merged into one flow')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (files: readonly string[], { format }: { readonly format: Format }) => {
      finish(await check(files, format))
    })
}

const EXAMPLES = `
Examples:
  $ eventwright check shop.flow.yaml
  $ eventwright check shop.flow.yaml --format sarif > findings.sarif`

async function check(files: readonly string[], format: Format): Promise<ExitCode> {
  const loaded = await loadFlow(files)
  await refreshSchema(loaded)
  const { findings, coverage } = checkFlow(loaded)
  process.stdout.write(formatFindings(format, findings, loaded.sources))
  if (format === 'text' && coverage) process.stdout.write(coverageText(coverage))
  return codeOf(findings)
}

function codeOf(findings: readonly Finding[]): ExitCode {
  const open = findings.filter(({ suppressed }) => suppressed === undefined)
  if (open.some(({ level }) => level === 'broken')) return EXIT.broken
  return open.length > 0 ? EXIT.findings : EXIT.good
}
