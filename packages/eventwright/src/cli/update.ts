import process from 'node:process'
import type { Command } from 'commander'
import type { InstallResult, Level } from '../skill/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import {
  type LevelOptions,
  levelOf,
  levelOptions,
  skillWork,
  surroundings,
  writeJson,
} from './skill-command.ts'

interface Options extends LevelOptions {
  readonly copy?: true
  readonly force?: true
  readonly dryRun?: true
  readonly json?: true
}

/** `eventwright update`. */
export function addUpdate(program: Command, finish: Finish): void {
  const command = program
    .command('update')
    .description(
      "bring the installed skill to this command's version, where it is installed; local edits stay",
    )
  for (const option of levelOptions('update')) command.addOption(option)
  command
    .option('--copy', 'turn links into copies')
    .option('--force', 'replace local edits, after a backup')
    .option('--dry-run', 'show what would be written')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await skillWork(() => run(options))))
}

const EXAMPLES = `
Examples:
  $ eventwright update
  $ eventwright update --user --dry-run`

async function run(options: Options): Promise<ExitCode> {
  const { update } = await import('../skill/index.ts')
  const { installAsJson, tellInstall } = await import('./install-text.ts')
  const level = levelOf(options)
  const levels: readonly Level[] = level === undefined ? ['project', 'user'] : [level]
  const { copy = false, force = false, dryRun = false, json = false } = options
  const results: InstallResult[] = []
  for (const one of levels) {
    const result = await update({ level: one, copy, force, dryRun }, surroundings())
    if (result === undefined) continue
    results.push(result)
    if (json) continue
    process.stdout.write(`${one === 'project' ? 'This project' : 'This user'}:\n`)
    await tellInstall(result, false)
  }
  if (json) writeJson(await Promise.all(results.map(installAsJson)))
  if (results.length > 0)
    return results.some(({ outcome }) => outcome === 'blocked') ? EXIT.findings : EXIT.good
  process.stderr.write('The skill is not installed here. Install it: eventwright install\n')
  return EXIT.findings
}
