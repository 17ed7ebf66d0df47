/**
 * `killed`: each test that should turned red by what it asserts. `survived`: one of them stayed green.
 * `slow`: one ran into its time limit instead.
 * @typedef {{ outcome: 'killed' | 'survived' | 'slow', test: string, why: string }} Verdict
 */

/**
 * @param {import('./mutant.mjs').Mutant} mutant
 * @param {Pick<Awaited<ReturnType<typeof import('./run-tests.mjs').runTests>>, 'told' | 'inTime'>} run
 * @returns {Verdict}
 */
export function judge({ killedBy }, { told, inTime }) {
  const verdicts = killedBy.tests.map((test) => judgeTest(test, told, inTime))
  const bad = verdicts.find(({ outcome }) => outcome !== 'killed')
  return bad ?? verdicts[0] ?? { outcome: 'survived', test: '', why: 'it names no test' }
}

/** An assertion, or an error that nobody hears, which ends a process. Others are time limits. */
const KILLS = new Set(['testCodeFailure', 'unhandledRejection'])

/**
 * A shared suite runs a test once for each engine; one that turns red is enough.
 * @param {string} test
 * @param {readonly import('./reporter.mjs').Told[]} told
 * @param {boolean} inTime
 * @returns {Verdict}
 */
function judgeTest(test, told, inTime) {
  const runs = told.filter(({ name }) => name.endsWith(test))
  const failures = runs.flatMap(({ failure }) => failure ?? [])
  const kill = failures.find(({ type }) => KILLS.has(type))
  if (kill !== undefined) return { outcome: 'killed', test, why: gist(kill.text) }
  if (failures.length > 0) return { outcome: 'slow', test, why: gist(failures[0]?.text ?? '') }
  if (!inTime) return { outcome: 'slow', test, why: 'it did not end' }
  return { outcome: 'survived', test, why: runs.length > 0 ? 'it stayed green' : 'it was not run' }
}

/**
 * What an assertion says, on one line: the difference where it shows one.
 * @param {string} text
 */
function gist(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const difference = lines.filter((line) => /^[+-](?! actual)/.test(line))
  const told = difference.length > 0 ? [lines[0] ?? '', ...difference] : lines
  return told.join(' ').replace(/\s+/g, ' ')
}
