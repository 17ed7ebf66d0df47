import process from 'node:process'
import { type InstallResult, type Step, shownDiff } from '../skill/index.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { shortPath, writeJson } from './skill-command.ts'

/** Tells what an install or an update did, and gives the exit code. */
export async function tellInstall(result: InstallResult, json: boolean): Promise<ExitCode> {
  if (json) writeJson(await installAsJson(result))
  else await asText(result)
  return result.outcome === 'blocked' ? EXIT.findings : EXIT.good
}

/** What an install or an update did, for programs. */
export async function installAsJson(result: InstallResult): Promise<unknown> {
  const steps = result.steps.map(async (step) => ({
    path: step.place.path,
    agents: step.place.agents.map(({ id }) => id),
    deed: deedOf(step, result),
    from: step.from,
    differences: step.differences,
    kept: step.kept,
    obstacle: step.obstacle,
    conflicts: await Promise.all(
      step.conflicts.map(async (conflict) => ({ path: conflict.path, diff: await shownDiff(conflict) })),
    ),
  }))
  const { level, root, version, outcome, backup, lockFile, restored, editedSource } = result
  return {
    level,
    root,
    version,
    outcome,
    steps: await Promise.all(steps),
    backup,
    lockFile,
    restored,
    editedSource,
  }
}

async function asText(result: InstallResult): Promise<void> {
  const { outcome, steps, readers, version, restored, editedSource, backup } = result
  const lines = restored.map((path) => `An install had been killed here; ${shortPath(path)} was put back.`)
  if (outcome === 'planned') lines.push('Nothing is written (--dry-run). An install would:')
  if (outcome === 'blocked') lines.push('Nothing is written. With --force, this would be done:')
  for (const step of steps) lines.push(...textOf(step, result))
  if (readers.length > 0) lines.push(`  ${titles(readers)} read that folder.`)
  if (backup !== undefined) lines.push(`What was replaced is in ${shortPath(backup)}.`)
  if (editedSource.length > 0) {
    lines.push(
      `The skill that this command is part of has local edits, which came along: ${editedSource.join(', ')}.`,
    )
  }
  if (outcome === 'done' && steps.every(({ deed }) => deed === 'unchanged'))
    lines.push(`Up to date: ${version}.`)
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  if (outcome === 'blocked') await tellBlocked(result)
}

function textOf(step: Step, result: InstallResult): readonly string[] {
  const { place, kept, from } = step
  const deed = deedOf(step, result)
  const versions =
    from !== undefined && from !== result.version ? `${from} -> ${result.version}` : result.version
  const line = `  ${deed.padEnd(9)} ${shortPath(place.path)}  ${deed === 'linked' ? `for ${titles(place.agents)}` : versions}`
  return [
    line,
    ...changesOf(step),
    ...(kept.length === 0 ? [] : [`            kept, edited here: ${kept.join(', ')}`]),
  ]
}

function changesOf({ differences, deed }: Step): readonly string[] {
  if (deed !== 'updated' && deed !== 'repaired') return []
  return Object.entries(differences)
    .filter(([, paths]) => paths.length > 0)
    .map(([what, paths]) => `            ${what}: ${paths.join(', ')}`)
}

/** Where links cannot be made, a copy stands. */
function deedOf({ deed, place }: Step, { copied }: InstallResult): string {
  return copied.includes(place.path) ? 'copied' : deed
}

async function tellBlocked({ steps }: InstallResult): Promise<void> {
  const parts = ['\nNothing was written.\n']
  for (const { place, obstacle, conflicts } of steps) {
    if (obstacle !== undefined)
      parts.push(`${shortPath(place.path)} is ${obstacle}, which this command did not put there.\n`)
    if (conflicts.length === 0) continue
    parts.push(`${shortPath(place.path)} was edited here, in files that this version has otherwise:\n`)
    for (const conflict of conflicts) parts.push(`\n${await shownDiff(conflict)}`)
  }
  parts.push('\n--force replaces that, and keeps a backup under .agents/backups.\n')
  process.stderr.write(parts.join(''))
}

export function titles(agents: readonly { readonly title: string }[]): string {
  return agents.map(({ title }) => title).join(', ')
}
