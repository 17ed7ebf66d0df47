// The process that owns a PostgreSQL server and its folder. It lives as long as its standard input: when the test
// process ends, however it ends, the pipe closes, and nothing of the server stays behind.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { cluster } from './cluster.mjs'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-postgres-'))
/** @type {import('./cluster.mjs').Cluster | undefined} */
let running

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void end(0))
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// A reader that is gone is the end of the test process as well.
process.stdout.on('error', () => void end(0))

const commands = createInterface({ input: process.stdin })
commands.on('line', (line) => void obey(JSON.parse(line)))
commands.on('close', () => void end(0))

running = await cluster(folder, JSON.parse(process.argv[2] ?? '{}'))
say({ ready: { url: running.url, port: running.port, data: running.data } })

/** @param {{ call: number, what: 'start' | 'stop' | 'kill', mode?: import('./cluster.mjs').Mode }} command */
async function obey({ call, what, mode }) {
  try {
    await running?.[what](mode)
    say({ call })
  } catch (error) {
    say({ call, error: String(error) })
  }
}

/** @param {object} message */
function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** @param {unknown} error */
function fail(error) {
  say({ failed: error instanceof Error ? error.message : String(error) })
  void end(1)
}

/** @param {number} code */
async function end(code) {
  await running?.stop('immediate').catch(() => {})
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  process.exit(code)
}
