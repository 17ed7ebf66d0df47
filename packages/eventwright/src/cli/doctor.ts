import process from 'node:process'
import { type Command, Option } from 'commander'
import { FORMATS, type Format, formatFindings } from '../findings/index.ts'
import type { AgentView, Diagnosis } from '../skill/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { shortPath, skillWork, surroundings, writeJson } from './skill-command.ts'

interface Options {
  readonly format: Format
  readonly json?: boolean
  readonly all?: boolean
}

/** `eventwright doctor`. */
export function addDoctor(program: Command, finish: Finish): void {
  program
    .command('doctor')
    .description('say per agent which skill it will find, and what is wrong with that')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS).default('text'))
    .option('--all', 'show every agent, also those that are not in use here')
    .option('--json', 'print agents and findings as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await skillWork(() => run(options))))
}

const EXAMPLES = `
Examples:
  $ eventwright doctor
  $ eventwright doctor --format github`

async function run({ format, json = false, all = false }: Options): Promise<ExitCode> {
  const { diagnose } = await import('../skill/index.ts')
  const diagnosis = await diagnose(surroundings())
  const shown = diagnosis.survey.agents.filter(({ detected }) => all || detected)
  if (json) writeJson(asJson(diagnosis, shown))
  else if (format === 'text') process.stdout.write(textOf(diagnosis, shown))
  else process.stdout.write(formatFindings(format, diagnosis.findings, new Map()))
  if (diagnosis.findings.some(({ level }) => level === 'broken')) return EXIT.broken
  return diagnosis.findings.length > 0 ? EXIT.findings : EXIT.good
}

function asJson({ version, findings }: Diagnosis, agents: readonly AgentView[]): unknown {
  return {
    version,
    agents: agents.map(({ agent, detected, finds }) => ({
      agent: agent.id,
      detected,
      finds: finds.map(({ path, level, version: found }) => ({ path, level, version: found })),
      source: agent.source,
    })),
    findings,
  }
}

function textOf({ version, findings }: Diagnosis, agents: readonly AgentView[]): string {
  const lines = agents.map(lineOf)
  if (lines.length === 0) lines.push('No agent has left a trace here (--all shows all that are known).')
  const text = formatFindings('text', findings, new Map())
  return `${lines.join('\n')}\n\n${findings.length === 0 ? `All is well: ${version}.\n` : text}`
}

function lineOf({ agent, finds }: AgentView): string {
  const [first, ...others] = finds
  const name = agent.title.padEnd(16)
  if (first === undefined) return `${name} finds no skill`
  const more = others.length === 0 ? '' : ` (and in ${others.map(({ path }) => shortPath(path)).join(', ')})`
  return `${name} finds ${first.version} in ${shortPath(first.path)}${more}`
}
