// What a keeper does: it is the process that owns servers and their folder, and lives as long as its standard input.
// When the test process ends, however it ends, the pipe closes, and nothing of the servers stays behind.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'

/**
 * @template Argument
 * @typedef {Record<string, (argument: Argument) => Promise<void>>} Commands by their names, as `ask` gives them
 */

/**
 * Starts what the process that began this one asks for, and obeys its commands until its end.
 * @template Options, Argument
 * @param {{
 *   name: string,
 *   begin: (folder: string, options: Options) => Promise<{ ready: object, commands: Commands<Argument> }>,
 *   end: () => void | Promise<void>,
 * }} servers `name`: of the folder; `begin`: `ready` is what the asking process is told; `end`: of all processes
 */
export async function keep({ name, begin, end }) {
  const folder = mkdtempSync(join(tmpdir(), `eventwright-${name}-`))
  /** @type {Commands<Argument>} */
  let commands = {}

  /** @param {{ call: number, what: string, argument: Argument }} command */
  async function obey({ call, what, argument }) {
    try {
      await commands[what]?.(argument)
      say({ call })
    } catch (error) {
      say({ call, error: String(error) })
    }
  }

  /** @param {unknown} error */
  function fail(error) {
    say({ failed: error instanceof Error ? error.message : String(error) })
    void leave(1)
  }

  /** @param {number} code */
  async function leave(code) {
    await end()
    // What a dying server still writes can make the folder not empty again.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    process.exit(code)
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void leave(0))
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  // A reader that is gone is the end of the test process as well.
  process.stdout.on('error', () => void leave(0))
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => void obey(JSON.parse(line)))
  lines.on('close', () => void leave(0))

  const begun = await begin(folder, JSON.parse(process.argv[2] ?? '{}'))
  commands = begun.commands
  say({ ready: begun.ready })
}

/** @param {object} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
