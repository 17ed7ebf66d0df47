// Puts the skill into the package, as it is shipped: node scripts/skill-pack.mjs, at prepack. What it writes is not in git.
import { chmodSync, cpSync, globSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { isLeftBehind, SKILL } from '../packages/eventwright/src/skill/name.ts'
import { root } from './setup.mjs'
import { bundleSkillCommand } from './skill-bundle.mjs'

/** The bundled command, from the skill's folder. */
export const COMMAND = 'scripts/eventwright.mjs'

/**
 * The files of the skill in the repository that are shipped, without what tools leave behind.
 * @returns {string[]} paths from the skill's folder, with slashes, sorted
 */
export function skillFiles() {
  const cwd = join(root, 'skills', SKILL)
  const entries = globSync('**/{*,.*}', {
    cwd,
    withFileTypes: true,
    exclude: (entry) => isLeftBehind(entry.name),
  })
  const files = entries.filter((entry) => !entry.isDirectory() && !isLeftBehind(entry.name))
  const paths = files.map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(cwd.length + 1)
      .replaceAll('\\', '/'),
  )
  const link = paths.find((path) => !lstatSync(join(cwd, path)).isFile())
  if (link !== undefined)
    throw new Error(`skills/${SKILL}/${link} is no file (a link?), which a skill must not hold`)
  return [...new Set(paths)].filter((path) => path !== COMMAND).sort()
}

/** Writes the files and the bundled command to `skills/` of the package. What was there before is replaced. */
export async function packSkill() {
  const skills = join(root, 'packages/eventwright/skills')
  const next = `${skills}.next`
  rmSync(next, { recursive: true, force: true })
  for (const path of skillFiles()) {
    const to = join(next, SKILL, path)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(join(root, 'skills', SKILL, path), to)
    chmodSync(to, readFileSync(to).subarray(0, 2).toString() === '#!' ? 0o755 : 0o644)
  }
  const { bytes } = await bundleSkillCommand(join(next, SKILL, COMMAND))
  rmSync(skills, { recursive: true, force: true })
  renameSync(next, skills)
  return bytes
}

if (process.argv[1] === import.meta.filename) {
  const bytes = await packSkill()
  console.error(`${SKILL}: ${COMMAND} is ${(bytes / 1e6).toFixed(1)} MB`)
}
