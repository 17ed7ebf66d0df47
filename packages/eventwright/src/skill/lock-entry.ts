import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord, type LockEntry } from './lock-file.ts'
import { SHARED, SKILL } from './name.ts'
import { computedHashOf } from './pack.ts'
import { withRecord } from './record.ts'
import type { Shipment } from './shipment.ts'

const PACKAGE = 'eventwright'
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/**
 * The entry of the skill in `skills-lock.json`. Where the project depends on this package, the package is the source,
 * as `skills experimental_sync` writes it. Elsewhere the source is the folder that was installed: an entry with a
 * package that the project does not have would make that command remove the skill. The hash is of the source, so the
 * record counts in the folder alone.
 */
export async function lockEntry({ version, files, record }: Shipment, project: string): Promise<LockEntry> {
  if (await isDependency(project)) {
    const skillPath = `skills/${SKILL}/SKILL.md`
    const computedHash = computedHashOf(files)
    return { source: PACKAGE, sourceType: 'node_modules', skillPath, version, computedHash }
  }
  const computedHash = computedHashOf(withRecord(record, files))
  return { source: `./${SHARED}/${SKILL}`, sourceType: 'local', version, computedHash }
}

async function isDependency(project: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
    if (!isRecord(manifest)) return false
    return DEPENDENCIES.some((key) => isRecord(manifest[key]) && Object.hasOwn(manifest[key], PACKAGE))
  } catch {
    return false // no package, or none that can be read: then nobody depends on this one
  }
}
