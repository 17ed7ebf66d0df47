// The process that owns the brokers and their folder. It lives as long as its standard input: when the test process
// ends, however it ends, the pipe closes, and nothing of the cluster stays behind.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { cluster } from './cluster.mjs'
import { kafkaJars } from './jars.mjs'
import { endAll } from './java.mjs'
import { classArchive } from './quick-start.mjs'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-kafka-'))
/** @type {import('./cluster.mjs').Cluster | undefined} */
let running

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end(0))
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
// A reader that is gone is the end of the test process as well.
process.stdout.on('error', () => end(0))

const commands = createInterface({ input: process.stdin })
commands.on('line', (line) => void obey(JSON.parse(line)))
commands.on('close', () => end(0))

await begin(JSON.parse(process.argv[2] ?? '{}'))

/** @param {import('./cluster.mjs').Options} options */
async function begin(options) {
  const { home, classPath } = await kafkaJars()
  const flags = await classArchive(home, classPath)
  running = await cluster({ classPath, heap: options.heap, flags }, folder, options)
  say({ ready: running.nodes })
}

/** @param {{ call: number, what: 'start' | 'kill', node?: number }} command */
async function obey({ call, what, node }) {
  try {
    await running?.[what](node)
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
  end(1)
}

/** @param {number} code */
function end(code) {
  endAll()
  // What a dying broker still writes can make the folder not empty again.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  process.exit(code)
}
