// Takes each guard of the list out of a copy, runs the tests that must turn red, and prints a table.
import process from 'node:process'
import { breakCopy } from './break-copy.mjs'
import { copyRepository } from './copy.mjs'
import { chosenMutants } from './options.mjs'
import { endAll, runTests } from './run-tests.mjs'
import { HEADING, remark, row } from './table.mjs'
import { judge } from './verdict.mjs'

/** Tests start processes of their own, and some wait for time to pass. */
const AT_ONCE = 2

/** @typedef {import('./mutant.mjs').Mutant} Mutant */
/** @typedef {import('./verdict.mjs').Verdict & { mutant: Mutant, seconds: number }} Result */

/** @type {Set<() => void>} */
const copies = new Set()
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    endAll()
    for (const remove of copies) remove()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
}
process.exitCode = await runAll(chosenMutants())

/**
 * Mutants of one test file come in turn, so that it runs on the unbroken copy once.
 * @param {readonly Mutant[]} list
 */
async function runAll(list) {
  const files = [...Map.groupBy(list, ({ killedBy }) => killedBy.file)]
  console.log(HEADING)
  const runs = await Promise.all(Array.from({ length: Math.min(AT_ONCE, files.length) }, () => work(files)))
  const results = runs.flat()
  const left = results.filter(({ outcome }) => outcome !== 'killed')
  for (const result of left) console.log(`\n${remark(result)}`)
  const killed = results.length - left.length
  console.log(`\n${killed} killed, ${left.length} not killed, ${list.length - results.length} not run`)
  return killed === list.length ? 0 : 1
}

/** @param {[file: string, mutants: readonly Mutant[]][]} files taken from as it goes */
async function work(files) {
  const { folder, remove } = copyRepository()
  copies.add(remove)
  /** @type {Result[]} */
  const results = []
  try {
    for (let next = files.shift(); next !== undefined; next = files.shift()) {
      const [file, mutants] = next
      if (!(await isGreen(folder, file))) continue
      for (const mutant of mutants) results.push(await run(folder, mutant))
    }
    return results
  } finally {
    copies.delete(remove)
    remove()
  }
}

/**
 * What is red before a guard is taken out tells nothing about the guard.
 * @param {string} folder
 * @param {string} file
 */
async function isGreen(folder, file) {
  const { told, inTime, exit, output } = await runTests(folder, file)
  const red = told.find(({ failure }) => failure !== undefined)
  if (inTime && exit === 0 && red === undefined && told.length > 0) return true
  const end = inTime ? `exit ${exit} after ${told.length} tests` : 'it did not end'
  const why = red === undefined ? `${end}\n${output}` : `"${red.name}": ${red.failure?.text}`
  console.error(`\n${file} is not green as it is, so its mutants are not run:\n${why}\n`)
  return false
}

/**
 * @param {string} folder
 * @param {Mutant} mutant
 * @returns {Promise<Result>}
 */
async function run(folder, mutant) {
  const begun = performance.now()
  const mend = breakCopy(folder, mutant)
  try {
    const { file, tests } = mutant.killedBy
    const verdict = judge(mutant, await runTests(folder, file, tests))
    const result = { ...verdict, mutant, seconds: (performance.now() - begun) / 1000 }
    console.log(row(result))
    return result
  } finally {
    mend()
  }
}
