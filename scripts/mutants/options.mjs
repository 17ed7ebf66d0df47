import process from 'node:process'
import { parseArgs } from 'node:util'
import { mutants } from './list/index.mjs'

const HELP = `Takes one guard after another out of a copy of the packages; the tests named for it must turn red.

  npm run mutants
  npm run mutants -- --only inbox-check-then-act

  --only NAME   only this mutant; may be given more than once
  --list        the names, and why each matters

Exit codes: 0 each mutant was killed, 1 one was not, 3 wrong usage.`

/**
 * What the command line asks for. Ends the process where it only asks to be told something.
 * @returns {readonly import('./mutant.mjs').Mutant[]}
 */
export function chosenMutants() {
  const { values } = parsed()
  if (values.help) tell(HELP)
  if (values.list) tell(mutants.map(({ name, why }) => `${name}: ${why}`).join('\n'))
  const { only = [] } = values
  const unknown = only.find((name) => mutants.every((mutant) => mutant.name !== name))
  if (unknown !== undefined) usage(`There is no mutant '${unknown}'; --list names them.`)
  return only.length === 0 ? mutants : mutants.filter(({ name }) => only.includes(name))
}

function parsed() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

/** @param {string} text */
function tell(text) {
  console.log(text)
  process.exit(0)
}

/**
 * @param {string} message
 * @returns {never}
 */
function usage(message) {
  console.error(`${message}\n\n${HELP}`)
  process.exit(3)
}
