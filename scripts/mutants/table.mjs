import { basename } from 'node:path'

/** @typedef {import('./verdict.mjs').Verdict & { mutant: import('./mutant.mjs').Mutant, seconds: number }} Result */

/** @type {(mutant: string, seconds: string, killer: string) => string} */
const columns = (mutant, seconds, killer) => `${mutant.padEnd(36)} ${seconds.padStart(7)}  ${killer}`

export const HEADING = columns('mutant', 'seconds', 'killed by')

/** @param {Result} result */
export function row({ mutant, outcome, test, seconds }) {
  const { file, tests } = mutant.killedBy
  const more = tests.length > 1 ? ` and ${tests.length - 1} more` : ''
  const killer = outcome === 'killed' ? `${basename(file)}: ${test}${more}` : outcome.toUpperCase()
  return columns(mutant.name, seconds.toFixed(1), killer)
}

/** What to know about a mutant that was not killed as it should be. @param {Result} result */
export function remark({ mutant, outcome, test, why }) {
  return `${outcome.toUpperCase()} ${mutant.name}: ${mutant.why}\n  ${mutant.killedBy.file}\n  "${test}": ${why}`
}
