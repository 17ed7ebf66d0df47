import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** Something hangs: a test that a mutant makes hang is no kill, it should say what is wrong, and soon. */
const LIMIT_MS = 120_000

const REPORTER = fileURLToPath(new URL('./reporter.mjs', import.meta.url))

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Runs one test file, or some tests of it, with everything that it starts in a process group of its own.
 * @param {string} folder the copy
 * @param {string} file path from there
 * @param {readonly string[]} [tests] all, if not given
 * @returns {Promise<{ told: import('./reporter.mjs').Told[], inTime: boolean, exit: number | null, output: string }>}
 */
export async function runTests(folder, file, tests = []) {
  const report = join(folder, 'report.ndjson')
  rmSync(report, { force: true })
  const child = spawn(process.execPath, [...options(report, tests), file], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-4000)
    })
  }
  let inTime = true
  const timeout = setTimeout(() => {
    inTime = false
    endGroup(child)
  }, LIMIT_MS)
  const exit = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve))
  clearTimeout(timeout)
  endGroup(child)
  running.delete(child)
  return { told: read(report), inTime, exit, output }
}

/** Ends what still runs. */
export function endAll() {
  for (const child of running) endGroup(child)
}

/**
 * @param {string} report
 * @param {readonly string[]} tests
 */
function options(report, tests) {
  const patterns = tests.map((name) => `--test-name-pattern=${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`)
  return [
    '--conditions=@eventwright/source',
    `--test-reporter=${REPORTER}`,
    `--test-reporter-destination=${report}`,
    '--test-force-exit',
    ...patterns,
  ]
}

/** The children of the tests take the copy's sources too. */
function environment() {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return { ...env, NODE_OPTIONS: '--conditions=@eventwright/source' }
}

/**
 * The child leads its group, which outlives it where a test left a process behind.
 * @param {import('node:child_process').ChildProcess} child
 */
function endGroup({ pid }) {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/**
 * @param {string} report
 * @returns {import('./reporter.mjs').Told[]}
 */
function read(report) {
  if (!existsSync(report)) return []
  const lines = readFileSync(report, 'utf8').split('\n')
  // The last one is empty, or was cut off.
  return lines.slice(0, -1).map((line) => JSON.parse(line))
}
