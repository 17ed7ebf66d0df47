import { Console } from 'node:console'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { COMMANDS } from './commands.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { Interrupted } from './interrupt.ts'
import { version } from './version.ts'

/** Runs one command line. Results go to standard output, everything else to standard error. Gives the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // A `decide:` file may log; standard output holds results alone.
  globalThis.console = new Console(process.stderr)
  let code: ExitCode = EXIT.good
  const program = build()
  try {
    await addCommands(program, args, (finished) => {
      code = finished
    })
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage
    if (error instanceof Interrupted) return error.exitCode
    const { explain } = await import('./explain.ts')
    const explained = explain(error)
    process.stderr.write(`eventwright: ${explained.message}\n`)
    return explained.code
  }
}

function build(): Command {
  return (
    new Command('eventwright')
      .description(
        'Design an event-driven system in one flow file; check it, run it, scaffold its services, validate their events.',
      )
      .version(version(), '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print help')
      .helpCommand(false)
      .showHelpAfterError('(eventwright --help shows the commands)')
      // `at STREAM --version 3` means the stream's.
      .enablePositionalOptions()
      .exitOverride()
      .addHelpText('after', EXIT_HELP)
  )
}

/** The one that is meant is loaded; the others are there to be listed and named. */
async function addCommands(program: Command, args: readonly string[], finish: Finish): Promise<void> {
  const meant = args.find((arg) => !arg.startsWith('-'))
  for (const { name, does, load } of COMMANDS) {
    if (name === meant) (await load())(program, finish)
    else program.command(name).description(does)
  }
}

const EXIT_HELP = `
Exit codes: 0 good, 1 findings, 2 a broken flow file or schema, 3 usage, 4 something cannot be reached or read.

Example:
  $ eventwright run shop.flow.yaml`
