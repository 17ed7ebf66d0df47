import process from 'node:process'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { cleared } from './left-behind.ts'

/**
 * Sees to it that the process ends with one message, or with none, however it ends: a reader that went away
 * (`| head -1`), an error that nobody waits for, a file of the user's that calls `process.exit`.
 * Returns what says that the command came to its end.
 */
export function watchOver(): () => void {
  let finished = false
  process.stdout.on('error', async (error: NodeJS.ErrnoException) => {
    if (finished) return // it is about to end
    finished = true
    if (error.code !== 'EPIPE') say(`standard output cannot be written: ${error.message}`)
    await cleared()
    process.exit(EXIT.unreachable)
  })
  process.stderr.on('error', () => undefined) // nobody is left to tell
  process.on('uncaughtException', async (error) => {
    finished = true
    const { message, code } = await explained(error)
    say(message)
    process.exit(code)
  })
  process.on('exit', (code) => {
    // A second signal ends it in the middle, with the code that says so.
    if (finished || code >= 128) return
    say(
      'A file of yours, that the flow or --app names, ended the process before the command was done (process.exit?).',
    )
    process.exitCode = EXIT.broken satisfies ExitCode
  })
  return () => {
    finished = true
  }
}

/**
 * Why it ended. What explains it is loaded when it is needed, since it knows the errors of all rooms; where even that
 * is not there, half an installation, an error of its own would come back here without end.
 */
async function explained(error: Error): Promise<{ readonly message: string; readonly code: ExitCode }> {
  try {
    const { explain } = await import('./explain.ts')
    return explain(error)
  } catch {
    const message = `${error.message}\n  The installation looks broken: install eventwright anew.`
    return { message, code: EXIT.unreachable }
  }
}

function say(message: string): void {
  process.stderr.write(`eventwright: ${message}\n`)
}
