import { type Command, Option } from 'commander'
import type { InstallOptions } from '../skill/index.ts'
import type { ExitCode, Finish } from './exit-codes.ts'
import { canAsk, type LevelOptions, levelOf, levelOptions, skillWork, surroundings } from './skill-command.ts'

interface Options extends LevelOptions {
  readonly agent?: readonly string[]
  readonly copy?: true
  readonly force?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly json?: true
}

/** `eventwright install`. */
export function addInstall(program: Command, finish: Finish): void {
  const [project, user] = levelOptions('install')
  const command = program
    .command('install')
    .description(
      'put the skill where agents look for it: once in .agents/skills, with links for those who look elsewhere',
    )
  for (const option of [project, user]) if (option) command.addOption(option)
  command
    .addOption(
      new Option(
        '--agent <name...>',
        'link it for these agents (default: Claude Code, and those in use here)',
      ),
    )
    .option('--copy', 'make copies instead of links')
    .option('--force', 'replace local edits and what is in the way, after a backup')
    .option('--dry-run', 'show what would be written')
    .option('-y, --yes', 'ask nothing, also on a terminal')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await skillWork(() => run(options))))
}

const EXAMPLES = `
Examples:
  $ eventwright install
  $ eventwright install --user --agent claude-code cursor
  $ eventwright install --dry-run`

async function run(options: Options): Promise<ExitCode> {
  const wish = await wishOf(options)
  const { EXIT } = await import('./exit-codes.ts')
  if (wish === undefined) return EXIT.good
  const { install } = await import('../skill/index.ts')
  const { tellInstall } = await import('./install-text.ts')
  return await tellInstall(await install(wish, surroundings()), options.json === true)
}

/** What is to be done, by options, by answers on a terminal, by defaults; undefined if somebody cancels. */
async function wishOf(options: Options): Promise<InstallOptions | undefined> {
  const { agent, copy = false, force = false, dryRun = false } = options
  const level = levelOf(options)
  const said = { copy, force, dryRun, ...(agent === undefined ? {} : { agents: agent }) }
  const isAsking =
    canAsk() && !options.yes && !options.json && !dryRun && (level === undefined || agent === undefined)
  if (!isAsking) return { level: level ?? 'project', ...said }
  const { askInstall } = await import('./install-prompt.ts')
  const answers = await askInstall(level, agent, surroundings())
  return answers && { ...said, ...answers }
}
