import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { root } from './documents.ts'

const COMMAND = 'packages/eventwright/src/cli/main.ts'

/** A temporary folder in which snippets stand as files and find the packages of this repository installed. */
export interface Workshop {
  readonly folder: string
  write(path: string, text: string): void
  /** Runs a program here; both streams come as text. */
  run(program: string, args: readonly string[], folder?: string): SpawnSyncReturns<string>
  dispose(): void
}

/** What takes longer hangs; it is ended, so that the test fails instead of waiting. */
const LONGEST_MS = 180_000

/**
 * Makes a workshop. Its `node_modules` is what an install would give: the packages (from their source, so that
 * nothing needs to be built first) and the command.
 */
export function workshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-docs-'))
  install(folder)
  return {
    folder,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    },
    run: (program, args, inner = '.') =>
      spawnSync(program, args, {
        cwd: join(folder, inner),
        encoding: 'utf8',
        env: environment(),
        timeout: LONGEST_MS,
        killSignal: 'SIGKILL',
      }),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function install(folder: string): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')).filter((entry) => !entry.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  const command = join(modules, '.bin', 'eventwright')
  writeFileSync(command, `#!/bin/sh\nexec node '${join(root, COMMAND)}' "$@"\n`)
  chmodSync(command, 0o755)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }))
}

/** A test runner's own settings are not those of what a reader runs. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...rest } = process.env
  return { ...rest, NO_COLOR: '1' }
}
