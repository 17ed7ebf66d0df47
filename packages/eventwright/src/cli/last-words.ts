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
    // Loaded when it is needed: it knows the errors of all rooms.
    const { explain } = await import('./explain.ts')
    const { message, code } = explain(error)
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

function say(message: string): void {
  process.stderr.write(`eventwright: ${message}\n`)
}
