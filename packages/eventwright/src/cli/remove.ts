import process from 'node:process'
import type { Command } from 'commander'
import type { RemoveResult } from '../skill/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import {
  type LevelOptions,
  levelOf,
  levelOptions,
  shortPath,
  skillWork,
  surroundings,
  writeJson,
} from './skill-command.ts'

interface Options extends LevelOptions {
  readonly force?: true
  readonly dryRun?: true
  readonly json?: true
}

/** `eventwright remove`. */
export function addRemove(program: Command, finish: Finish): void {
  const command = program.command('remove').description('remove what install put there, and nothing else')
  for (const option of levelOptions('remove')) command.addOption(option)
  command
    .option('--force', 'remove edited files too, after a backup')
    .option('--dry-run', 'show what would be removed')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => finish(await skillWork(() => run(options))))
}

const EXAMPLES = `
Examples:
  $ eventwright remove
  $ eventwright remove --user --dry-run`

async function run(options: Options): Promise<ExitCode> {
  const { remove } = await import('../skill/index.ts')
  const { force = false, dryRun = false } = options
  const result = await remove({ level: levelOf(options) ?? 'project', force, dryRun }, surroundings())
  if (options.json) writeJson(asJson(result))
  else tell(result)
  return result.outcome === 'blocked' ? EXIT.findings : EXIT.good
}

function asJson(result: RemoveResult): unknown {
  const removals = result.removals.map(({ place, what, edits }) => ({ path: place.path, what, edits }))
  return { ...result, removals }
}

function tell({ outcome, removals, leftAlone, lockFile, backup }: RemoveResult): void {
  const lines: string[] = []
  if (outcome === 'planned') lines.push('Nothing is removed (--dry-run). This would go:')
  if (outcome !== 'blocked') {
    for (const { place, what } of removals) lines.push(`  ${what.padEnd(6)} ${shortPath(place.path)}`)
    if (lockFile !== undefined) lines.push(`  entry  ${shortPath(lockFile)}`)
  }
  for (const { path, why } of leftAlone) lines.push(`  left   ${shortPath(path)}: ${why}`)
  if (backup !== undefined) lines.push(`Edited files are in ${shortPath(backup)}.`)
  if (removals.length === 0 && lockFile === undefined)
    lines.push('Nothing of this command is installed here.')
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  if (outcome === 'blocked') tellEdits(removals)
}

function tellEdits(removals: RemoveResult['removals']): void {
  const edited = removals.filter(({ edits }) => edits.length > 0)
  const parts = edited.map(
    ({ place, edits }) => `${shortPath(place.path)} has local edits: ${edits.join(', ')}\n`,
  )
  process.stderr.write(
    `${parts.join('')}Nothing was removed. --force removes that too, and keeps a backup under .agents/backups.\n`,
  )
}
