// Plain JavaScript for Node 20: installs what the benchmarks need, here and at the root, then runs them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { prepare, runAndExit } from '../scripts/setup.mjs'

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname
prepare()
if (!existsSync(join(here, 'node_modules', '.package-lock.json'))) {
  // The peers ask for one another's older versions, which npm refuses by itself.
  const args = ['ci', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, {
    cwd: here,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(4)
}
runAndExit('bench/bench.mjs', process.argv.slice(2))
