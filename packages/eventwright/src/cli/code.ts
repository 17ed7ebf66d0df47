import process from 'node:process'
import type { Command } from 'commander'
import type { Code } from '../inspect/index.ts'
import type { ExitCode } from './exit-codes.ts'
import { UsageError } from './usage-error.ts'

/** What names the code that a command needs. */
export type CodeOptions = { readonly flow?: string; readonly app?: string }

/** Adds the options that name it. */
export function withCode(command: Command): Command {
  return command
    .option('--flow <file>', 'take the code from a flow file')
    .option('--app <module>', "take the code from the module that exports a service's parts (src/app.ts)")
}

/** Loads it, where it was named; of a flow that cannot be run, the findings are told and the exit code is given. */
export async function codeNamed({
  flow,
  app,
}: CodeOptions): Promise<{ readonly code: Code | undefined } | { readonly exit: ExitCode }> {
  if (flow !== undefined && app !== undefined) throw new UsageError('Give --flow or --app, not both.')
  if (flow === undefined && app === undefined) return { code: undefined }
  const { codeOfFlow, codeOfModule } = await import('../inspect/index.ts')
  if (app !== undefined) return { code: await codeOfModule(app, { onRunning: endWhenTold }) }
  const { loadRunnable } = await import('./load-runnable.ts')
  const file = flow ?? ''
  const loaded = await loadRunnable(file)
  return loaded.flow ? { code: await codeOfFlow(loaded.flow, file) } : { exit: loaded.code }
}

/** What a module left running must not hold the command, once everything is said. */
function endWhenTold(): void {
  setInterval(() => {
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit()
  }, 100).unref()
}
