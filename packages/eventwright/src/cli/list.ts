import process from 'node:process'
import type { Command } from 'commander'
import type { Fault, Sighting, Survey } from '../skill/index.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { shortPath, skillWork, surroundings, writeJson } from './skill-command.ts'

/** `eventwright list`. */
export function addList(program: Command, finish: Finish): void {
  program
    .command('list')
    .description(
      'show where the skill is installed, in which version and state, and which agents read it there',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json = false }: { readonly json?: boolean }) => finish(await skillWork(() => run(json))))
}

const EXAMPLES = `
Examples:
  $ eventwright list
  $ eventwright list --json`

async function run(json: boolean): Promise<ExitCode> {
  const { shippedVersion, survey } = await import('../skill/index.ts')
  const seen = await survey(surroundings())
  const version = await shippedVersion()
  if (json) {
    const places = seen.sightings.map((found) => ({
      ...asJson(found, version),
      agents: readersOf(found, seen),
    }))
    writeJson({ version, places, faults: seen.faults })
  } else tell(seen, version)
  return EXIT.good
}

function asJson(found: Sighting, version: string): Record<string, unknown> {
  const { path, level, real, linked, changed, missing, added } = found
  return {
    path,
    level,
    real,
    linked,
    version: found.version,
    state: stateOf(found, version),
    changed,
    missing,
    added,
  }
}

function tell(seen: Survey, version: string): void {
  const lines: string[] = []
  for (const level of ['project', 'user'] as const) {
    const found = [...seen.sightings, ...seen.faults].filter((one) => one.level === level)
    if (found.length === 0) continue
    lines.push(level === 'project' ? 'This project:' : 'This user:')
    for (const one of found)
      lines.push(...('kind' in one ? [faultLine(one)] : sightingLines(one, seen, version)))
  }
  if (lines.length === 0) lines.push('The skill is not installed here. Install it: eventwright install')
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

function sightingLines(found: Sighting, seen: Survey, version: string): readonly string[] {
  const way = found.linked ? ` -> ${shortPath(found.real)}` : ''
  const agents = readersOf(found, seen)
  const state = stateOf(found, version)
  return [
    `  ${shortPath(found.path)}${way}`,
    `    ${found.version}, ${state}${agents.length === 0 ? '' : `; read by ${agents.join(', ')}`}`,
  ]
}

function faultLine({ path, kind, what }: Fault): string {
  if (kind === 'broken-link') return `  ${shortPath(path)}: a link that leads nowhere (${what})`
  return `  ${shortPath(path)}: ${what}`
}

function stateOf({ changed, missing, added, recorded, version }: Sighting, current: string): string {
  if (!recorded) return 'installed by another tool'
  const edits = [...changed, ...added]
  const parts = [
    version === current ? 'current' : `this command has ${current}`,
    ...(edits.length === 0 ? [] : [`edited: ${edits.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
  ]
  return parts.join('; ')
}

function readersOf(found: Sighting, { agents }: Survey): readonly string[] {
  return agents.flatMap(({ agent, detected, finds }) =>
    detected && finds.includes(found) ? [agent.title] : [],
  )
}
