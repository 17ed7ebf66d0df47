// Runs the stages of `npm test` on Node 24 and ends with one line: N passed, N failed, N skipped.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { runTool } from './command.mjs'
import { compiledOnce } from './compiled-once.mjs'
import { inMemory } from './in-memory.mjs'
import { withSharedKafka } from './kafka/shared.mjs'
import { longestFirst, WAITING } from './longest-first.mjs'
import { withSharedPostgres } from './postgres/shared.mjs'
import { root } from './setup.mjs'
import { runTestFiles } from './test-files.mjs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */
/** @typedef {{ name: string, title: string, run: () => Promise<Tally> }} Stage */

const PACKAGE_TEST = 'scripts/package.test.mjs'
const TEST_FILES = [
  'packages/*/src/**/*.test.ts',
  'examples/**/*.test.ts',
  'docs/**/*.test.ts',
  'skills/**/*.test.ts',
  'scripts/**/*.test.{mjs,ts}',
]
const AT_ONCE = availableParallelism()

/** @type {Stage[]} */
const stages = [
  { name: 'typecheck', title: 'Type check', run: typecheck },
  {
    name: 'lint',
    title: 'Lint and format',
    run: () => each([['biome', 'ci', '--colors=off', '--error-on-warnings', '.']]),
  },
  { name: 'tests', title: 'Tests', run: () => runShared(testFiles()) },
  { name: 'package', title: 'Package test', run: () => runTestFiles([PACKAGE_TEST], { concurrency: 1 }) },
]

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { stage: { type: 'string', multiple: true } },
  allowPositionals: true,
})

const chosenStages = chosen(values.stage ?? [], positionals)
const tally = await inMemory(() => compiledOnce(() => runAll(chosenStages)))
const incomplete = process.env.EVENTWRIGHT_REQUIRE === 'all' && tally.skipped > 0
if (incomplete) console.log('\nEVENTWRIGHT_REQUIRE=all: a skipped test counts as a failure.')
console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
process.exitCode = tally.failed > 0 || incomplete ? 1 : 0

/**
 * @param {Stage[]} list
 * @returns {Promise<Tally>}
 */
async function runAll(list) {
  const tallies = []
  for (const stage of list) {
    console.log(`\n== ${stage.title}`)
    const begun = performance.now()
    const tally = await stage.run()
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    console.log(`== ${stage.title}: ${tally.failed === 0 ? 'good' : 'FAILED'} in ${seconds} s`)
    tallies.push(tally)
  }
  return sumOf(tallies)
}

/**
 * All stages; or those named with --stage; or only the test files whose path has one of the patterns in it.
 * @param {string[]} names
 * @param {string[]} patterns
 * @returns {Stage[]}
 */
function chosen(names, patterns) {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name))
  if (unknown !== undefined) {
    return usage(`There is no stage '${unknown}'; there are ${stages.map((stage) => stage.name).join(', ')}.`)
  }
  if (patterns.length === 0 && names.length === 0) return sideBySide(stages)
  if (patterns.length === 0) return stages.filter(({ name }) => names.includes(name))
  const files = [...testFiles(), PACKAGE_TEST].filter((file) => patterns.some((part) => file.includes(part)))
  if (files.length === 0) return usage(`No test file has ${patterns.join(' or ')} in its path.`)
  return [{ name: 'tests', title: 'Tests', run: () => runShared(files) }]
}

/**
 * With the package test among the files: it waits for npm, and nobody reads the folders that it builds.
 * @param {Stage[]} all
 * @returns {Stage[]}
 */
function sideBySide(all) {
  const run = () => runShared(longestFirst([...testFiles(), PACKAGE_TEST]))
  return all
    .filter(({ name }) => name !== 'package')
    .map((stage) => (stage.name === 'tests' ? { ...stage, run } : stage))
}

/** @param {string[]} files */
function runShared(files) {
  return withSharedPostgres(() => withSharedKafka(() => runBeside(files)))
}

/**
 * As many at a time as there are cores, and beside them one of those that leave the cores to others.
 * @param {string[]} files
 * @returns {Promise<Tally>}
 */
async function runBeside(files) {
  const waiting = WAITING.filter((file) => files.includes(file))
  const busy = files.filter((file) => !WAITING.includes(file))
  if (busy.length === 0) return runTestFiles(files, { concurrency: AT_ONCE })
  const tallies = [runTestFiles(busy, { concurrency: AT_ONCE })]
  if (waiting.length > 0) tallies.push(runTestFiles(waiting, { concurrency: 1 }))
  return sumOf(await Promise.all(tallies))
}

/**
 * @param {Tally[]} tallies
 * @returns {Tally}
 */
function sumOf(tallies) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of tallies) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

/** @returns {string[]} paths from the root, with slashes, in the order in which they are begun */
function testFiles() {
  const found = globSync(TEST_FILES, { cwd: root, exclude: (path) => /(^|[\\/])node_modules$/.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path !== PACKAGE_TEST)
  return longestFirst(found.sort())
}

/** Every tsconfig.json; those named tsconfig.build.json differ only in what they write, and pack uses them. */
function typecheck() {
  const configs = globSync(['tsconfig.json', '{packages,examples}/*/tsconfig.json'], { cwd: root }).sort()
  return each(configs.map((config) => ['tsc', '-p', config, '--pretty', 'false']))
}

/**
 * Runs tools side by side. One stage counts as one test, however many tools it takes.
 * @param {string[][]} commands
 * @returns {Promise<Tally>}
 */
async function each(commands) {
  const results = await Promise.all(commands.map(([tool = '', ...args]) => runTool(tool, args)))
  for (const { line, code, output } of results) {
    console.log(`   ${line}: ${code === 0 ? 'good' : `exit ${code}`}`)
    if (code !== 0) console.log(output)
  }
  const good = results.every(({ code }) => code === 0)
  return { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 }
}

/**
 * @param {string} message
 * @returns {never}
 */
function usage(message) {
  console.error(message)
  process.exit(3)
}
