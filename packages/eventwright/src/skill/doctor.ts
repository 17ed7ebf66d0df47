import { execFile } from 'node:child_process'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { createReport, type Place as FilePlace, type Finding } from '../findings/index.ts'
import { SKILL_CODES, type SkillCode } from './codes.ts'
import { examineAgents } from './doctor-agents.ts'
import { examineLock } from './doctor-lock.ts'
import { isInside } from './guard.ts'
import type { Surroundings } from './places.ts'
import type { PlaceAt, SkillReport } from './report.ts'
import { shippedVersion } from './shipment.ts'
import { type Fault, type Sighting, type Survey, survey } from './survey.ts'

export interface Diagnosis {
  readonly version: string
  readonly survey: Survey
  readonly findings: readonly Finding<SkillCode>[]
}

/** What each agent will find, and what is wrong with that. Changes nothing. */
export async function diagnose(surroundings: Surroundings): Promise<Diagnosis> {
  const version = await shippedVersion()
  const seen = await survey(surroundings)
  const report = createReport(SKILL_CODES)
  const at = (path: string): FilePlace => placeOf(path, surroundings)
  if (seen.sightings.length === 0 && seen.faults.length === 0) {
    report(
      'not-installed',
      at(join(surroundings.cwd, '.agents/skills')),
      'The skill is on neither level.',
      'eventwright install',
    )
  }
  for (const fault of seen.faults) examineFault(fault, report, at)
  for (const sighting of seen.sightings) if (!sighting.linked) examineSighting(sighting, version, report, at)
  examineAgents(seen, report, at)
  await examineLock(seen, surroundings, report, at)
  await examineNode(surroundings, report, at)
  return { version, survey: seen, findings: report.findings }
}

function examineFault({ path, level, kind, what }: Fault, report: SkillReport, at: PlaceAt): void {
  const again = `eventwright install --${level}`
  if (kind === 'broken-link')
    report('broken-link', at(path), `The link leads to ${what}, which is not there.`, again)
  else if (kind === 'interrupted') report('interrupted', at(path), `Here ${what}.`, `${again} puts it back`)
  else
    report(
      'foreign-in-place',
      at(path),
      `This is ${what}.`,
      `Move it away, or ${again} --force, which backs it up.`,
    )
}

function examineSighting(sighting: Sighting, version: string, report: SkillReport, at: PlaceAt): void {
  const { path, level, missing } = sighting
  if (sighting.version !== version) {
    const mend = `eventwright update --${level}`
    report(
      'stale-version',
      at(join(path, 'SKILL.md')),
      `This is ${sighting.version}; this command goes with ${version}.`,
      mend,
    )
  }
  if (missing.length > 0) {
    report(
      'damaged',
      at(path),
      `Missing: ${missing.join(', ')}.`,
      `eventwright install --${level} writes them again`,
    )
  }
}

async function examineNode({ env, cwd }: Surroundings, report: SkillReport, at: PlaceAt): Promise<void> {
  const found = await nodeOnPath(env, cwd)
  const mend = 'Install Node 24 or newer, or put it first on the PATH.'
  if (found === undefined) report('node-too-old', at(cwd), 'There is no `node` on the PATH.', mend)
  else if (Number(/^v(\d+)/.exec(found)?.[1]) < 24)
    report('node-too-old', at(cwd), `\`node\` on the PATH is ${found}.`, mend)
}

async function nodeOnPath(env: Surroundings['env'], cwd: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('node', ['--version'], {
      env: { ...env },
      cwd,
      timeout: 20_000,
    })
    return stdout.trim()
  } catch {
    return undefined
  }
}

function placeOf(path: string, surroundings: Surroundings): FilePlace {
  const file = shortened(path, surroundings).split(sep).join('/')
  return { file, line: 1, column: 1, length: 1 }
}

function shortened(path: string, { cwd, home }: Surroundings): string {
  if (isInside(cwd, path)) return relative(cwd, path) || '.'
  return isInside(home, path) ? join('~', relative(home, path)) : path
}
