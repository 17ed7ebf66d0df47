import { Console } from 'node:console'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addAt } from './at.ts'
import { addCheck } from './check.ts'
import { addDead } from './dead.ts'
import { addDoctor } from './doctor.ts'
import { addDraw } from './draw.ts'
import { EXIT, type ExitCode, type Finish } from './exit-codes.ts'
import { explain } from './explain.ts'
import { addInstall } from './install.ts'
import { Interrupted } from './interrupt.ts'
import { addList } from './list.ts'
import { addLog } from './log.ts'
import { addRemove } from './remove.ts'
import { addRun } from './run.ts'
import { addScaffold } from './scaffold.ts'
import { addTopics } from './topics.ts'
import { addUpdate } from './update.ts'
import { addValidate } from './validate.ts'
import { version } from './version.ts'

/** Runs one command line. Results go to standard output, everything else to standard error. Gives the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // A `decide:` file may log; standard output holds results alone.
  globalThis.console = new Console(process.stderr)
  let code: ExitCode = EXIT.good
  const program = build((finished) => {
    code = finished
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.usage
    if (error instanceof Interrupted) return error.exitCode
    const explained = explain(error)
    process.stderr.write(`eventwright: ${explained.message}\n`)
    return explained.code
  }
}

function build(finish: Finish): Command {
  const program = new Command('eventwright')
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
  addRun(program, finish)
  addCheck(program, finish)
  addDraw(program, finish)
  addValidate(program, finish)
  addScaffold(program, finish)
  addTopics(program, finish)
  addAt(program, finish)
  addLog(program, finish)
  addDead(program, finish)
  addInstall(program, finish)
  addList(program, finish)
  addUpdate(program, finish)
  addRemove(program, finish)
  addDoctor(program, finish)
  return program
}

const EXIT_HELP = `
Exit codes: 0 good, 1 findings, 2 a broken flow file or schema, 3 usage, 4 something cannot be reached or read.

Example:
  $ eventwright run shop.flow.yaml`
