import { spawnSync } from 'node:child_process'

/** How each tool is asked whether it is there, and what to do where it is not. */
const TOOLS = {
  java: { ask: ['java', '-version'], mend: 'install a JDK, 17 or newer' },
  maven: { ask: ['mvn', '--version'], mend: 'install Maven' },
  chromium: { ask: ['chromium', '--version'], mend: 'install Chromium' },
  shellcheck: { ask: ['shellcheck', '--version'], mend: 'install shellcheck' },
}

/** @typedef {keyof typeof TOOLS} Tool */

/** @type {Map<Tool, boolean>} */
const known = new Map()

/**
 * Why a test that needs these tools is skipped here, for node:test's `skip`; false where all are there.
 *
 * @example
 * test('the topology compiles', { skip: missing('java', 'maven') }, () => …)
 *
 * @param {...Tool} tools
 * @returns {string | false}
 */
export function missing(...tools) {
  const absent = tools.filter((tool) => !isThere(tool))
  if (absent.length === 0) return false
  return `this machine has no ${absent.join(' and no ')}; ${absent.map((tool) => TOOLS[tool].mend).join(', ')}`
}

/** @param {Tool} tool */
function isThere(tool) {
  const before = known.get(tool)
  if (before !== undefined) return before
  const [command = '', ...args] = TOOLS[tool].ask
  const there = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  known.set(tool, there)
  return there
}
