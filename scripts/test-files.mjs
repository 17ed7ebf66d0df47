import { join, relative } from 'node:path'
import { run } from 'node:test'
import { inspect } from 'node:util'
import { root } from './setup.mjs'

/** Without a word from any test for so long, something hangs: node:test would wait for it forever. */
const SILENCE_MS = 600_000

/** @typedef {import('./stages.mjs').Tally} Tally */
/** @typedef {import('node:test').EventData.TestPass} Passed */
/** @typedef {import('node:test').EventData.TestFail} Failed */
/** @typedef {import('node:test').EventData.TestStdout} Printed */
/**
 * @typedef {{ type: 'test:pass', data: Passed } | { type: 'test:fail', data: Failed }
 *   | { type: 'test:stdout' | 'test:stderr', data: Printed }} TellingEvent
 */
/** @typedef {{ type: string, data: unknown }} TestEvent */
/** @typedef {{ file: string, passed: number, failures: string[], skips: string[], output: string, ms: number }} Report */

/**
 * Runs test files, each in a process of its own. A good file takes one line; of a bad one, the failures and
 * everything that it printed are shown.
 * @param {string[]} files paths from the root
 * @param {{ concurrency: number }} options
 * @returns {Promise<Tally>}
 */
export async function runTestFiles(files, { concurrency }) {
  const tally = { passed: 0, failed: 0, skipped: 0 }
  if (files.length === 0) {
    console.log('   no test file was found')
    return { ...tally, failed: 1 }
  }
  const hang = new AbortController()
  const watchdog = setTimeout(() => hang.abort(), SILENCE_MS)
  const absolute = files.map((file) => join(root, file))
  const events = run({ files: absolute, concurrency, cwd: root, signal: hang.signal })

  // node:test hands on what a file reports only when the files before it are through, so files come in turn.
  /** @type {Report | undefined} */
  let report
  for await (const event of events) {
    watchdog.refresh()
    if (!tells(event)) continue
    const file = fileOf(event.data)
    if (report?.file !== file) {
      close(report, tally)
      report = { file, passed: 0, failures: [], skips: [], output: '', ms: 0 }
    }
    record(report, event)
  }
  clearTimeout(watchdog)
  close(report, tally)
  if (hang.signal.aborted) console.log(`   stopped: no test said a word for ${SILENCE_MS / 1000} s`)
  return tally
}

/**
 * @param {TestEvent} event
 * @returns {event is TellingEvent}
 */
function tells(event) {
  const { type } = event
  return type === 'test:stdout' || type === 'test:stderr' || type === 'test:pass' || type === 'test:fail'
}

/**
 * @param {Report} report
 * @param {TellingEvent} event
 */
function record(report, event) {
  if (event.type === 'test:pass') recordPass(report, event.data)
  else if (event.type === 'test:fail') recordFailure(report, event.data)
  else report.output += event.data.message
}

/**
 * @param {{ file?: string | undefined }} data
 * @returns {string} the file that was started, also where the test is declared in a suite that it imports
 */
function fileOf(data) {
  const started = 'entryFile' in data ? String(data.entryFile) : (data.file ?? '?')
  return relative(root, started).replaceAll('\\', '/')
}

/**
 * @param {Report} report
 * @param {Passed} data
 */
function recordPass(report, data) {
  if (data.nesting === 0) report.ms += data.details.duration_ms
  if (data.details.type === 'suite') return
  if (isFileItself(data)) {
    report.failures.push('no test in it was run: it declares none, or its process ended before them')
  } else if (data.skip !== undefined) {
    report.skips.push(`${data.name}: ${reason(data.skip)}`)
  } else if (data.todo !== undefined) {
    report.skips.push(`${data.name}: not done yet: ${reason(data.todo)}`)
  } else {
    report.passed += 1
  }
}

/**
 * @param {Report} report
 * @param {Failed} data
 */
function recordFailure(report, data) {
  const error = data.details.error
  if (data.nesting === 0) report.ms += data.details.duration_ms
  const failureType = 'failureType' in error ? error.failureType : undefined
  if (failureType === 'subtestsFailed') return
  const name = isFileItself(data) ? 'the process of the file failed' : `${data.name} (line ${data.line})`
  const why = diagnosis(error)
  // A set-up that fails, fails each test of its file alike.
  const told = report.failures.some((failure) => failure.endsWith(why))
  report.failures.push(`${name}\n${told ? 'for the same reason as above' : why}`)
}

/** @param {Error} error */
function diagnosis(error) {
  const cause = error.cause ?? error
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 8 })
}

/** @param {Passed | Failed} data */
function isFileItself(data) {
  return data.nesting === 0 && data.name === data.file
}

/** @param {string | boolean} given */
function reason(given) {
  return typeof given === 'string' ? given : 'no reason given'
}

/**
 * @param {Report | undefined} report
 * @param {Tally} tally
 */
function close(report, tally) {
  if (report === undefined) return
  const { file, passed, failures, skips, output, ms } = report
  tally.passed += passed
  tally.failed += failures.length
  tally.skipped += skips.length
  const counts = [`${passed} passed`]
  if (failures.length > 0) counts.push(`${failures.length} FAILED`)
  if (skips.length > 0) counts.push(`${skips.length} skipped`)
  console.log(`   ${file}: ${counts.join(', ')} (${(ms / 1000).toFixed(1)} s)`)
  for (const skip of skips) console.log(`   SKIPPED ${file}: ${skip}`)
  for (const failure of failures) console.log(`\n   FAILED ${file}: ${failure}\n`)
  if (failures.length > 0 && output !== '') console.log(`   ${file} printed:\n${output}`)
}
