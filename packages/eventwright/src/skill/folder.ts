import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SkillNotFound } from './errors.ts'
import { SKILL } from './name.ts'

/** How this command came here. */
export type Origin = 'checkout' | 'package' | 'bundle'

/** The skill that goes with this command. */
export interface SkillFolder {
  readonly folder: string
  readonly origin: Origin
}

/**
 * The folder of the skill: in a checkout `skills/NAME` of the repository; in the npm package `skills/NAME` of the
 * package; and where the command is the bundled file of an installed skill (`NAME/scripts/eventwright.mjs`), that
 * skill itself. Throws SkillNotFound.
 */
export function skillFolder(here: string = import.meta.filename): SkillFolder {
  const folder = dirname(here)
  const candidates: readonly SkillFolder[] = here.endsWith('.ts')
    ? [{ origin: 'checkout', folder: join(folder, '../../../../skills', SKILL) }]
    : [
        { origin: 'bundle', folder: dirname(folder) },
        { origin: 'package', folder: join(folder, '../../skills', SKILL) },
        { origin: 'checkout', folder: join(folder, '../../../../skills', SKILL) },
      ]
  const found = candidates.find((candidate) => existsSync(join(candidate.folder, 'SKILL.md')))
  if (found) return found
  const places = candidates.map((candidate) => candidate.folder).join(' or ')
  throw new SkillNotFound(
    `The skill's files are not in ${places}. Install this command anew: npm install --save-dev eventwright`,
  )
}
