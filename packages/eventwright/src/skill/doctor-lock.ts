import { join } from 'node:path'
import { BrokenLockFile } from './errors.ts'
import { isRecord, LOCK_FILE, readLockFile } from './lock-file.ts'
import { SKILL } from './name.ts'
import { computedHashOf, readPack } from './pack.ts'
import type { Surroundings } from './places.ts'
import { sharedPlace } from './places.ts'
import { withRecord } from './record.ts'
import type { PlaceAt, SkillReport } from './report.ts'
import type { Sighting, Survey } from './survey.ts'

/** Whether `skills-lock.json` says what stands in the project. */
export async function examineLock(
  { sightings }: Survey,
  surroundings: Surroundings,
  report: SkillReport,
  at: PlaceAt,
): Promise<void> {
  const path = join(surroundings.cwd, LOCK_FILE)
  const entry = await entryIn(surroundings.cwd, path, report, at)
  if (entry === BROKEN) return
  const shared = sharedPlace('project', surroundings).path
  const sighting = sightings.find((found) => found.path === shared)
  const place = at(path)
  const again = 'eventwright install --project'
  if (entry === undefined) {
    if (sighting) report('lock-disagrees', place, `${LOCK_FILE} has no entry of the skill.`, again)
    return
  }
  if (!sighting) {
    report(
      'lock-disagrees',
      place,
      `${LOCK_FILE} has an entry of the skill, and ${shared} is not there.`,
      again,
    )
    return
  }
  await compare(entry, sighting, report, { place, again })
}

const BROKEN = Symbol('broken')

async function entryIn(
  project: string,
  path: string,
  report: SkillReport,
  at: PlaceAt,
): Promise<Readonly<Record<string, unknown>> | undefined | typeof BROKEN> {
  try {
    const entry = (await readLockFile(project)).skills[SKILL]
    return isRecord(entry) ? entry : undefined
  } catch (error) {
    if (!(error instanceof BrokenLockFile)) throw error
    const [, line = '1', column = '1'] = /:(\d+):(\d+) /.exec(error.message) ?? []
    const place = { ...at(path), line: Number(line), column: Number(column) }
    report('lock-broken', place, error.message, 'Mend it, or remove it and install again.')
    return BROKEN
  }
}

async function compare(
  entry: Readonly<Record<string, unknown>>,
  sighting: Sighting,
  report: SkillReport,
  { place, again }: { readonly place: ReturnType<PlaceAt>; readonly again: string },
): Promise<void> {
  const edits = sighting.changed.length + sighting.added.length
  if (edits > 0 && entry.sourceType === 'node_modules') {
    const message = `The skill has ${edits} local edits, and comes from the package ${entry.source}.`
    report('lock-replaces-edits', place, message, 'Keep the edits elsewhere, or do not run that command.')
  }
  if (edits > 0 || sighting.missing.length > 0) return
  if (typeof entry.version === 'string' && entry.version !== sighting.version) {
    const message = `${LOCK_FILE} says version ${entry.version}; ${sighting.version} is installed.`
    return report('lock-disagrees', place, message, again)
  }
  const files = await readPack(sighting.real)
  const { record } = sighting.skill
  const hashes = [files, ...(record ? [withRecord(record, files)] : [])].map(computedHashOf)
  if (hashes.some((hash) => hash === entry.computedHash)) return
  report('lock-disagrees', place, `${LOCK_FILE} has another hash than the installed files.`, again)
}
