import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** What users run is what is published, not the TypeScript of the repository. Gives the command's main program. */
export function build() {
  const { status, stderr, stdout } = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The build failed: ${stderr || stdout}`)
  return join(root, 'packages/eventwright/dist/cli/main.js')
}
